export interface Crontab {
  readonly lines: readonly string[];
  /** Names and values, one after the other. */
  readonly settings: readonly string[];
  readonly jobs: readonly { readonly schedule: string; readonly user: string; readonly command: string }[];
}

/** Reads a file of /etc/cron.d as cron(8) does: settings, and lines of five fields, user and command. */
export function readCrontab(text: string): Crontab {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const settings = lines.flatMap((line) => /^([A-Z]+)=(.*)$/.exec(line)?.slice(1, 3) ?? []);
  const jobs = lines.flatMap((line) => {
    const [, schedule = '', user = '', command] = /^((?:[\d*/,-]+\s+){5})(\S+)\s+(.+)$/.exec(line) ?? [];
    return command === undefined ? [] : [{ schedule, user, command }];
  });
  return { lines, settings, jobs };
}
