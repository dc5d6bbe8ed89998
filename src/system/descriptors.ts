import { fstatSync } from 'node:fs';

/** Returns the identity of an open file: equal for two descriptors of one file. */
export function identityOf(descriptor: number): string {
  const { dev, ino } = fstatSync(descriptor, { bigint: true });
  return `${dev}:${ino}`;
}

/** Reports whether a descriptor is the journal, which systemd names in JOURNAL_STREAM. An inherited variable may be wrong. */
export function isJournal(descriptor: number): boolean {
  const { JOURNAL_STREAM: journal } = process.env;
  return journal !== undefined && journal === identityOf(descriptor);
}
