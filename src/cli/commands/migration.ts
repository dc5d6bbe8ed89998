import { backupFolder } from '../../installation/backups.js';
import { type Configuration, UNASSIGNED } from '../../configuration/model.js';
import { shownCommand } from '../../util/text.js';

/** The differences that a configuration of the Python program of the same name makes here, in short sentences. */
export interface Migration {
  /** The keys and habits that mean the same. */
  readonly stays: readonly string[];
  /** The improvements. */
  readonly better: readonly string[];
  /** The changes that the caller must make. */
  readonly change: readonly string[];
}

/** Returns the differences for a configuration that the Python program could work with; else undefined. */
export function migrationOf(configuration: Configuration): Migration | undefined {
  const { pythonKeys, file } = configuration;
  if (pythonKeys === undefined) return undefined;
  const keys = new Set(pythonKeys);
  return {
    stays: [
      'the paths, the scanned folders and the thresholds mean the same',
      ...(keys.has('output_log') || keys.has('error_log')
        ? ['log files get the same names, in local time']
        : []),
      ...(keys.has('openssl_executable')
        ? ['"openssl_executable" is accepted, but not needed: remove it']
        : []),
    ],
    better: [
      'a response is installed only if it is verified, good and not older; the old one stays until then',
      'a missing file or a failed responder concerns its certificate only',
      'a reload is asked for even if another certificate failed, and after a crash',
      'times are compared in UTC',
      ...(keys.has('includes') ? ['"includes" is read: the Python program found nothing there'] : []),
      parallelText(configuration),
      ...backupTexts(configuration),
    ],
    change: [
      'the exit status is not the number of renewals: 0 all is well, 2 reload, 32 needs attention, 34 both',
      'an odd status, or 64 and more: it did not do its work (75 another run is at work, 78 wrong configuration)',
      'a test for less than 0 never holds in a shell: test for 32, and for 64 or more',
      `if a reload fails, call: ${shownCommand(['ocspbot', 'owe', UNASSIGNED, file])} (the next run asks for it again)`,
    ],
  };
}

function parallelText({ parallel }: Configuration): string {
  return parallel > 1
    ? `${parallel} certificates are refreshed at once: there every run failed from 2 on`
    : '"parallel_threads" may be more than 1: there every run failed then';
}

function backupTexts({ backups, stateFolder, pythonKeys = [] }: Configuration): string[] {
  if (backups.kind === 'off' || !pythonKeys.includes('make_backups')) return [];
  const folder = backups.folder ?? backupFolder(stateFolder);
  return [`backups are of the replaced response, in ${folder}: there they were of the new one`];
}

/** Shows the differences, one a line. */
export function migrationLines(file: string, { stays, better, change }: Migration): string[] {
  const rows = (title: string, texts: readonly string[]) =>
    texts.map((text) => `  ${`${title}:`.padEnd(7)}  ${text}`);
  return [
    `${file} is a configuration that the Python program reads, too. With this program:`,
    ...rows('stays', stays),
    ...rows('better', better),
    ...rows('change', change),
    '  docs/migration.md has all statuses, and a script for the caller',
  ];
}
