import {
  certificateNames,
  COMMAND_WORDS,
  type CommandWords,
  FIRST_WORDS,
  serviceNames,
  valueOf,
  type WordKind,
} from './words.js';

const FILTERS: Readonly<Record<WordKind, string>> = {
  configuration: '_ocspbot_files yaml',
  file: '_ocspbot_files any',
  certificate: '_ocspbot_names _ocspbot_certificates',
  service: '_ocspbot_names _ocspbot_services',
  nothing: ':',
};

/** The completion of bash. It needs nothing of the package bash-completion. */
export function bashCompletion(): string {
  const names = FIRST_WORDS.map(([word]) => word);
  return `# Completion of bash for ocspbot. Generated from the tables of the program.

_ocspbot_offer() { mapfile -t -O "\${#COMPREPLY[@]}" COMPREPLY; }

_ocspbot_files() {
  compopt -o filenames 2>/dev/null
  if [[ $1 == yaml ]]; then
    _ocspbot_offer < <(compgen -f -X '!*.yaml' -- "$current"; compgen -f -X '!*.yml' -- "$current"; compgen -d -- "$current")
  else
    _ocspbot_offer < <(compgen -f -- "$current")
  fi
}

_ocspbot_words() { _ocspbot_offer < <(compgen -W "$1" -- "$current"); }

_ocspbot_certificates() {
  ${certificateNames('"$@"')}
}

_ocspbot_services() {
  ${serviceNames('"$@"')}
}

# Offers what a function prints for the configuration of the command line.
_ocspbot_names() {
  local index word name configuration=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    case $word in
      --config)
        word=\${COMP_WORDS[index + 1]}
        # The shell splits --config=FILE at the sign.
        [[ $word != = ]] || word=\${COMP_WORDS[index + 2]}
        configuration=(--config "$word")
        ;;
      --config=* | *.yaml | *.yml) configuration=(--config "\${word#--config=}") ;;
    esac
  done
  while IFS= read -r name; do
    [[ $name != "$current"* ]] || COMPREPLY+=("$name")
  done < <("$1" "\${configuration[@]}")
}

_ocspbot() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command= word
  COMPREPLY=()
  # The shell splits --option=value at the sign.
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = ]]; then
    previous=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      ${names.join(' | ')})
        command=$word
        break
        ;;
    esac
  done
  case $previous in
${optionValues()}
  esac
  case $command in
    help) _ocspbot_words '${COMMAND_WORDS.map(({ name }) => name).join(' ')}' ;;
${COMMAND_WORDS.filter(({ name }) => name !== 'refresh')
  .map((words) => branch(words, words.name))
  .join('\n')}
    '')
      [[ $current == -* ]] || _ocspbot_words '${names.join(' ')}'
      ;;&
${COMMAND_WORDS.filter(({ name }) => name === 'refresh')
  .map((words) => branch(words, "'' | refresh"))
  .join('\n')}
  esac
}

complete -F _ocspbot ocspbot
`;
}

function branch({ options, operands }: CommandWords, pattern: string): string {
  const flags = options.flatMap(({ name, short }) => [
    `--${name}`,
    ...(short === undefined ? [] : [`-${short}`]),
  ]);
  const offers = operands.map((kind) => FILTERS[kind]);
  return `    ${pattern})
      if [[ $current == -* ]]; then
        _ocspbot_words '${flags.join(' ')}'
      else
        ${offers.join('\n        ') || ':'}
      fi
      ;;`;
}

/** Options of one name have values of one kind in all commands. */
function optionValues(): string {
  const kinds = new Map<string, string>();
  for (const option of COMMAND_WORDS.flatMap(({ options }) => options)) {
    if (option.value === undefined) continue;
    const kind = valueOf(option);
    const offer = typeof kind === 'string' ? FILTERS[kind] : `_ocspbot_words '${kind.join(' ')}'`;
    if ((kinds.get(option.name) ?? offer) !== offer)
      throw new Error(`--${option.name} has values of two kinds`);
    kinds.set(option.name, offer);
  }
  return [...kinds].map(([name, offer]) => `    --${name}) ${offer}; return ;;`).join('\n');
}
