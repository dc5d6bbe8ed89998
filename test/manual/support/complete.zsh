# Prints what zsh makes of a line when Tab is pressed at its end: complete.zsh FOLDER LINE
zmodload zsh/zpty
result=$(mktemp)
export RESULT=$result
zpty shell zsh -f -i
zpty -w shell "fpath=(${(q)1} \$fpath); autoload -Uz compinit; compinit -u -D; unsetopt beep; bindkey -e; bindkey '^I' complete-word"
zpty -w shell 'report() { print -r -- $BUFFER >$RESULT; exit }; zle -N report; bindkey "^X" report'
zpty -w -n shell "$2"$'\t\x18'
while zpty -r shell line; do :; done
cat $result
rm $result
