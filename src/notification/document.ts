import { counted } from '../report/text.js';
import { LEVELS } from '../snapshot/check.js';
import { sha256 } from '../util/bytes.js';
import { formatInstant, type Instant } from '../util/time.js';
import type { Change } from './changes.js';
import type { Unsent } from './outbox.js';

/** The version of the document. It is raised when a field is removed or changes its meaning, and not when one is added. */
const SCHEMA = 1;

/** The changes that the text names; the document has all. */
const NAMED = 10;

/** The place that changes are told from. */
export interface Origin {
  readonly host: string;
  /** The absolute path of the configuration. */
  readonly configuration: string;
  readonly now: Instant;
}

/** Makes the JSON document that commands and webhooks get. */
export function documentOf(unsent: Unsent, origin: Origin): string {
  return `${JSON.stringify(documentContent(unsent, origin))}\n`;
}

/** Makes the content of the document. src/cli/reports/notification.ts describes its fields. */
export function documentContent({ changes, omitted }: Unsent, { host, configuration, now }: Origin) {
  const told = changes.map(({ time, ...change }) => ({ ...change, time: formatInstant(time) }));
  return {
    schema: SCHEMA,
    // The same changes have the same id, so that a receiver can tell a repetition.
    id: sha256(Buffer.from(JSON.stringify([configuration, host, told]))).slice(0, 32),
    host,
    configuration,
    time: formatInstant(now),
    // Chat services show the field of this name.
    text: textOf(changes, omitted, host),
    changes: told,
    omitted,
  };
}

function textOf(changes: readonly Change[], omitted: number, host: string): string {
  const recoveries = changes.filter(({ severity }) => severity === 'ok').length;
  const counts = [
    ...(changes.length > recoveries ? [counted(changes.length - recoveries, 'problem')] : []),
    ...(recoveries > 0 ? [`${recoveries} well again`] : []),
    ...(omitted > 0 ? [counted(omitted, 'further change')] : []),
  ];
  const lines = changes
    .toSorted((one, other) => LEVELS.indexOf(one.severity) - LEVELS.indexOf(other.severity))
    .slice(0, NAMED)
    .map(({ severity, message }) => `${severity.toUpperCase()} ${message}`);
  const more = changes.length + omitted - lines.length;
  return [
    `ocspbot on ${host}: ${counts.join(', ')}`,
    ...lines,
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join('\n');
}
