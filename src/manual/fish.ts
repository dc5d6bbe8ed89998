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

const OFFERS: Readonly<Record<WordKind, string>> = {
  configuration: "-a '(__fish_complete_suffix .yaml; __fish_complete_suffix .yml)'",
  file: '-F',
  certificate: "-a '(__ocspbot_certificates)'",
  service: "-a '(__ocspbot_services)'",
  nothing: '',
};

/** The completion of fish. */
export function fishCompletion(): string {
  const others = FIRST_WORDS.map(([word]) => word).filter((word) => word !== 'refresh');
  return `# Completion of fish for ocspbot. Generated from the tables of the program.

function __ocspbot_configuration
    set -l words (commandline -opc)
    set -l file
    for index in (seq 2 (count $words))
        switch $words[$index]
            case --config
                set file $words[(math $index + 1)]
            case '--config=*'
                set file (string replace -- --config= '' $words[$index])
            case '*.yaml' '*.yml'
                set file $words[$index]
        end
    end
    test -n "$file"; and printf '%s\\n' --config $file
end

function __ocspbot_certificates
    set -l configuration (__ocspbot_configuration)
    ${certificateNames('$configuration')}
end

function __ocspbot_services
    set -l configuration (__ocspbot_configuration)
    ${serviceNames('$configuration')}
end

complete -c ocspbot -f
${FIRST_WORDS.map(
  ([name, summary]) => `complete -c ocspbot -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
).join('\n')}
complete -c ocspbot -n '__fish_seen_subcommand_from help' -a '${COMMAND_WORDS.map(({ name }) => name).join(' ')}'
${COMMAND_WORDS.flatMap((words) => {
  const condition =
    words.name === 'refresh'
      ? `not __fish_seen_subcommand_from ${others.join(' ')}`
      : `__fish_seen_subcommand_from ${words.name}`;
  return linesOf(words, `complete -c ocspbot -n '${condition}'`);
}).join('\n')}
`;
}

function linesOf({ operands, options }: CommandWords, begin: string): string[] {
  return [
    ...operands.map((kind) => `${begin} ${OFFERS[kind]}`),
    ...options.map((option) => {
      const short = option.short === undefined ? '' : ` -s ${option.short}`;
      const kind = option.value === undefined ? undefined : valueOf(option);
      const offer = typeof kind === 'object' ? `-a '${kind.join(' ')}'` : kind && OFFERS[kind];
      const value = offer === undefined ? '' : ` -x ${offer}`;
      // Files are offered only if the option is not exclusive (-x is -r -f).
      return `${begin} -l ${option.name}${short}${value.replace('-x -F', '-r -F').trimEnd()} -d ${quoted(firstLine(option.about))}`;
    }),
  ];
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
