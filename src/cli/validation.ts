import type { Configuration } from '../configuration/model.js';
import type { OcspbotError } from '../errors.js';
import { stapleTrouble } from '../installation/place-trouble.js';
import { openCase, type CaseContext } from '../refresh/case.js';
import { forecast, type Forecast } from '../refresh/forecast.js';
import { prepare, type Prepared } from '../refresh/prepare.js';
import type { Files } from '../system/interfaces/files.js';

/** A certificate, and what a run would come to with it before anybody is asked. */
export interface Validated {
  readonly prepared: Prepared;
  readonly forecast: Forecast;
  /** About certificates of its files that cannot be read, and are not needed. */
  readonly warnings: readonly string[];
}

/** Looks at all certificates of a configuration as a run does, and at the places of their staples. */
export function validateEntries(
  { entries }: Configuration,
  context: CaseContext,
  files: Files,
): readonly Validated[] {
  return prepare(entries, files, context.now).map((prepared) => {
    if (prepared.kind === 'broken')
      return { prepared, forecast: { kind: 'failing', error: prepared.error }, warnings: [] };
    const { entry, subject } = prepared;
    const warnings = subject.damage.map(({ message }) => `${entry.name}: ${message}, but is not needed`);
    const expected = forecast(openCase(entry, subject, context), context);
    const trouble = expected.kind === 'promising' ? stapleTrouble(entry.ocsp, files) : undefined;
    return {
      prepared,
      forecast: trouble === undefined ? expected : { kind: 'failing', error: trouble },
      warnings,
    };
  });
}

/** Certificates that fail for the same reason. */
export interface FailureGroup {
  readonly error: OcspbotError;
  readonly names: readonly string[];
}

/** All failures but those that were seen while the configuration was read: these have been told with their lines. */
export function failureGroups(validated: readonly Validated[]): FailureGroup[] {
  const groups = new Map<string, { error: OcspbotError; names: string[] }>();
  for (const { prepared, forecast } of validated) {
    if (forecast.kind !== 'failing' || prepared.entry.defects !== undefined) continue;
    const { error } = forecast;
    const group = groups.get(error.message) ?? { error, names: [] };
    group.names.push(prepared.entry.name);
    groups.set(error.message, group);
  }
  return [...groups.values()];
}
