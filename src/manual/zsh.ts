import type { Option } from '../cli/options.js';
import {
  certificateNames,
  COMMAND_WORDS,
  type CommandWords,
  FIRST_WORDS,
  firstLine,
  serviceNames,
  valueOf,
  type WordKind,
} from './words.js';

const ACTIONS: Readonly<Record<WordKind, string>> = {
  configuration: '_ocspbot_configurations',
  file: '_files',
  // zsh adds arguments of its own unless there is a blank.
  certificate: ' _ocspbot_names _ocspbot_certificates',
  service: ' _ocspbot_names _ocspbot_services',
  nothing: ' ',
};

/** The completion of zsh. */
export function zshCompletion(): string {
  const described = FIRST_WORDS.map(([name, summary]) => quoted(`${name}:${summary.replaceAll(':', '\\:')}`));
  return `#compdef ocspbot
# Completion of zsh for ocspbot. Generated from the tables of the program.

_ocspbot_configurations() { _files -g '*.(yaml|yml)' }

_ocspbot_certificates() {
  ${certificateNames('$@')}
}

_ocspbot_services() {
  ${serviceNames('$@')}
}

# Offers what a function prints for the configuration of the command line.
_ocspbot_names() {
  local -a names configuration
  local index word
  for ((index = 2; index < CURRENT; index++)); do
    word=$words[index]
    case $word in
      --config) configuration=(--config $words[index+1]) ;;
      --config=*) configuration=(--config \${word#--config=}) ;;
      *.(yaml|yml)) configuration=(--config $word) ;;
    esac
  done
  names=(\${(f)"$($1 $configuration)"})
  compadd -a names
}

_ocspbot_commands() {
  local -a commands=(
    ${described.join('\n    ')}
  )
  _describe command commands
}

_ocspbot_operands() {
  case $command in
    help) compadd ${COMMAND_WORDS.map(({ name }) => name).join(' ')} ;;
${COMMAND_WORDS.map(
  ({ name, operands }) => `    ${name}) ${operands.map((kind) => ACTIONS[kind]).join('; ') || ':'} ;;`,
).join('\n')}
  esac
}

_ocspbot_first() {
  [[ -n $chosen ]] || _ocspbot_commands
  [[ -n $chosen && $chosen == $words[CURRENT] ]] || _ocspbot_operands
}

_ocspbot() {
  local command=refresh chosen= word
  for word in \${words[2,CURRENT-1]}; do
    case $word in
      ${FIRST_WORDS.map(([word]) => word).join('|')})
        command=$word chosen=$word
        break
        ;;
    esac
  done
  case $command in
${COMMAND_WORDS.map((words) => branch(words)).join('\n')}
    *) _arguments '*: :_ocspbot_first' ;;
  esac
}

_ocspbot "$@"
`;
}

function branch({ name, options }: CommandWords): string {
  const specs = options.flatMap(specsOf);
  return `    ${name})
      _arguments -s \\
        ${[...specs, "'*: :_ocspbot_first'"].join(' \\\n        ')}
      ;;`;
}

function specsOf(option: Option): string[] {
  const about = firstLine(option.about).replaceAll(/[[\]:\\]/g, '\\$&');
  const kind = option.value === undefined ? undefined : valueOf(option);
  const action = typeof kind === 'object' ? `(${kind.join(' ')})` : kind && ACTIONS[kind];
  const value = action === undefined ? '' : `:${(option.value ?? '').replaceAll(':', '\\:')}:${action}`;
  const sign = option.value === undefined ? '' : '=';
  const repeat = option.isRepeatable === true ? '*' : '';
  const long = quoted(`${repeat}--${option.name}${sign}[${about}]${value}`);
  return option.short === undefined ? [long] : [long, quoted(`-${option.short}[${about}]`)];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
