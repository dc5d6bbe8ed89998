# Prints what zsh makes of lines when Tab is pressed at their ends, each followed by a line of hyphens:
# complete.zsh FOLDER LINE…
zmodload zsh/zpty
result=$(mktemp)
export RESULT=$result
zpty shell zsh -f -i
zpty -w shell "fpath=(${(q)1} \$fpath); autoload -Uz compinit; compinit -u -D; unsetopt beep; bindkey -e; bindkey '^I' complete-word"
# The line editor of zsh reads the next line when the widget has taken this one.
zpty -w shell 'report() { print -rl -- $BUFFER --- >>$RESULT; BUFFER= }; zle -N report; bindkey "^X" report'
zpty -w shell 'leave() { exit }; zle -N leave; bindkey "^Y" leave'
for line in ${@:2}; zpty -w -n shell "$line"$'\t\x18'
zpty -w -n shell $'\x19'
while zpty -r shell output; do :; done
cat $result
rm $result
