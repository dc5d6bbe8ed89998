import { serviceInWords } from '../configuration/model.js';
import { checkSnapshot, type Finding, type Level, LEVELS } from '../snapshot/check.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { Instant } from '../util/time.js';

/** The severities of everything that is not as it should be, by its key. */
export type Severities = ReadonlyMap<string, Level>;

/** A change of the severity of one thing. `severity` is `ok` when it is well again. */
export interface Change {
  readonly about: Finding['about'];
  /** The name of the certificate or the service; empty for the configuration. */
  readonly name: string;
  readonly severity: Level;
  readonly before: Level;
  readonly time: Instant;
  readonly message: string;
  readonly hint: string | undefined;
}

const NO_LIMITS = {
  warning: undefined,
  critical: undefined,
  runWarning: undefined,
  runCritical: undefined,
};

/** Compares a snapshot with the severities that were told last. The judgement is that of `check`. */
export function changesSince(
  before: Severities,
  snapshot: Snapshot,
): { readonly severities: Severities; readonly changes: readonly Change[] } {
  const worst = worstByKey(checkSnapshot(snapshot, NO_LIMITS).findings);
  const gone = [...before].filter(([key]) => !worst.has(key));
  const unseen = new Map(gone.filter(([key]) => isUnseen(key, snapshot)));
  const severities = new Map([...unseen, ...[...worst].map(([key, { level }]) => [key, level] as const)]);
  const time = snapshot.now;
  const worse = [...worst].flatMap(([key, { about, name, level, text, hint }]): Change[] => {
    const known = before.get(key) ?? 'ok';
    return known === level
      ? []
      : [{ about, name, severity: level, before: known, time, message: text, hint }];
  });
  const well = gone.flatMap(([key, known]): Change[] =>
    unseen.has(key) ? [] : [recovery(key, known, snapshot)],
  );
  return { severities, changes: [...worse, ...well] };
}

/** Reports whether a certificate may be in a place that cannot be read: then nobody knows that it is well. */
function isUnseen(key: string, { certificates, problems }: Snapshot): boolean {
  const { about, name } = partsOf(key);
  if (about !== 'certificate' || problems.length === 0) return false;
  return certificates.every((one) => one.name !== name);
}

/** Returns the worst finding about each thing. Findings are sorted, the worst first. */
function worstByKey(findings: readonly Finding[]): Map<string, Finding> {
  const worst = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.about} ${finding.name}`;
    if (!worst.has(key)) worst.set(key, finding);
  }
  return worst;
}

function partsOf(key: string): Pick<Finding, 'about' | 'name'> {
  const [word = '', ...rest] = key.split(' ');
  return { about: isAbout(word) ? word : 'configuration', name: rest.join(' ') };
}

function recovery(key: string, before: Level, { certificates, now }: Snapshot): Change {
  const { about, name } = partsOf(key);
  const certificate = about === 'certificate' ? certificates.find((one) => one.name === name) : undefined;
  const what = certificate && `${name}: ${certificate.state}: ${certificate.message}`;
  const message = what ?? WELL_AGAIN[about](name);
  return { about, name, severity: 'ok', before, time: now, message, hint: undefined };
}

const WELL_AGAIN: Readonly<Record<Finding['about'], (name: string) => string>> = {
  certificate: (name) => `${name}: not in the configuration any more`,
  service: (name) => `the reload of ${serviceInWords(name)} is not pending any more`,
  configuration: () => 'the configuration has no problem any more',
  run: () => 'runs are well again',
};

export function isAbout(value: unknown): value is Finding['about'] {
  return typeof value === 'string' && Object.hasOwn(WELL_AGAIN, value);
}

/** Reports whether a text is a severity, and not that of something that is well. */
export function isSeverity(value: unknown): value is Exclude<Level, 'ok'> {
  return value !== 'ok' && LEVELS.some((level) => level === value);
}
