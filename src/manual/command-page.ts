import { type CommandName, COMMON_OPTIONS, OPTIONS, type Option } from '../cli/options.js';
import { EXAMPLES, EXIT_STATUSES, PAGES, WHICH_CONFIGURATION } from '../cli/pages.js';
import { beginPage, bold, escaped, item, literal, paragraphs, section, subsection } from './roff.js';

const DESCRIPTION = `ocspbot looks at a list of certificates, and makes sure that a fresh, verified and good OCSP response lies in the file from which a server staples it. It runs for a moment, every hour, from cron or a timer of systemd. Its exit status says which services must be reloaded.

A response is installed only if it passes all checks, is good and is not older than the one in place. A file that a server staples from is replaced by a rename, so it is never absent. While the response in place is good, a failed attempt is only a warning, and the next run tries again.`;

const FILES: readonly (readonly [file: string, meaning: string])[] = [
  ['ocspbot.yaml', 'the configuration, in the working directory'],
  ['/etc/ocspbot.yaml', 'the configuration, if there is none in the working directory'],
  [
    '.ocspbot',
    'the folder of the lock, of pending reloads, of backups and of the history of responders, in the folder of the responses; another one is named by state_folder',
  ],
];

const ENVIRONMENT: readonly (readonly [name: string, meaning: string])[] = [
  ['STATE_DIRECTORY', 'the folder of the state, set by systemd, if the configuration names none'],
  [
    'http_proxy, https_proxy, all_proxy, no_proxy',
    'the proxy that responders are asked through, if the configuration names none',
  ],
  ['NO_COLOR, COLUMNS', 'whether status uses colours, and the width of its table'],
  ['TERM', 'a terminal that is dumb gets no colours, and no line that shows the progress of a run'],
  ['PATH', 'where reload commands are looked for'],
  ['TZ', 'the time zone of the names of log files; all other times are UTC'],
];

/** The man page ocspbot(1). */
export function commandPage(): string {
  return [
    beginPage('OCSPBOT', 1),
    section('NAME', 'ocspbot \\- keeps fresh OCSP responses where TLS servers staple them\n'),
    section('SYNOPSIS', synopsis()),
    section('DESCRIPTION', paragraphs(`${DESCRIPTION}\n\n${WHICH_CONFIGURATION}`)),
    section(
      'OPTIONS',
      `Options of all commands:\n${options(COMMON_OPTIONS)}.PP\nOptions of a command are below.\n`,
    ),
    section('COMMANDS', (Object.keys(PAGES) as CommandName[]).map(commandSection).join('')),
    section(
      'EXIT STATUS',
      EXIT_STATUSES.map(([status, meaning, besides]) =>
        item(status, besides === undefined ? meaning : `${meaning}; ${besides}`),
      ).join(''),
    ),
    section('FILES', FILES.map(([file, meaning]) => item(file, meaning)).join('')),
    section('ENVIRONMENT', ENVIRONMENT.map(([name, meaning]) => item(name, meaning)).join('')),
    section('EXAMPLES', literal(EXAMPLES)),
    section('SEE ALSO', '.BR ocspbot.yaml (5)\n'),
  ].join('');
}

function synopsis(): string {
  const lines = Object.values(PAGES).map(({ usage }) => `${bold('ocspbot')} ${escaped(usage)}\n`);
  return [...lines, `${bold('ocspbot')} help [COMMAND]\n`].join('.br\n');
}

function commandSection(name: CommandName): string {
  const { usage, about, status, examples } = PAGES[name];
  const content = [
    paragraphs(about),
    options(OPTIONS[name]),
    status === undefined ? '' : paragraphs(status),
    examples.length === 0 ? '' : literal(examples),
  ];
  return subsection(`ocspbot ${usage}`, content.join(''));
}

function options(list: readonly Option[]): string {
  return list
    .map(({ name, short, value, about }) => {
      const long = value === undefined ? `--${name}` : `--${name} ${value}`;
      return item(short === undefined ? long : `-${short}, ${long}`, about);
    })
    .join('');
}
