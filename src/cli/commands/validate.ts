import { formatProblems } from '../../configuration/problem.js';
import { readConfiguration } from '../../configuration/read.js';
import type { OcspbotError } from '../../util/errors.js';
import { EXIT } from '../../report/exit-status.js';
import { attention, counted } from '../../report/text.js';
import type { System } from '../../system/system.js';
import { formatInstant } from '../../util/time.js';
import { firstOf, quote } from '../../util/text.js';
import { keyAlgorithmName } from '../../x509/key-name.js';
import { commonName } from '../../x509/name.js';
import type { Command } from '../command.js';
import { type Console, toJsonText } from '../console.js';
import { migrationLines, migrationOf } from './migration.js';
import { type Validation, validate, countFaults, type ValidatedCertificate } from './validation.js';
import { validationToJson } from './validation-json.js';

type ValidateCommand = Extract<Command, { kind: 'validate' }>;

/**
 * Reports everything that is wrong with a configuration, its files and its certificates, and the outcome of a run as far as
 * it is known without a responder. Fetches and writes nothing.
 */
export async function validateCommand(
  { file }: ValidateCommand,
  system: System,
  console: Console,
): Promise<number> {
  const validation = await validate(readConfiguration(file, system), system);
  const wrong = countFaults(validation);
  const status = wrong === 0 ? 0 : EXIT.configuration;
  if (console.format === 'json') console.print(toJsonText(validationToJson(validation, status)));
  show(validation, console);
  const count = validation.certificates.length;
  const well = count === 0 ? 'nothing to look after' : `all is well${butFor(validation.warnings.length)}`;
  const verdict = wrong === 0 ? well : `${wrong} to correct`;
  const migration = migrationOf(validation.configuration);
  for (const line of migration === undefined ? [] : migrationLines(file, migration))
    console.say({ severity: 'info', text: line });
  const text = `${file}: ${counted(count, 'certificate')}, ${verdict}`;
  console.say({ severity: 'info', text });
  return status;
}

function butFor(warnings: number): string {
  if (warnings === 0) return '';
  return warnings === 1 ? ' but for the warning' : ` but for ${warnings} warnings`;
}

function show({ configuration, certificates, faults, warnings }: Validation, console: Console): void {
  for (const text of warnings) console.say(attention('warning', text));
  if (configuration.defects.length > 0)
    console.say({ severity: 'error', text: `${formatProblems(configuration.defects)}\n` });
  for (const { what, error } of faults)
    console.say(attention('error', `${what}: ${error.message}`, error.hint));
  for (const { error, names } of failureGroups(certificates)) {
    console.say(attention('error', `${firstOf(names, NAMES_SHOWN)}: ${error.message}`, error.hint));
  }
  if (console.detail === 'verbose')
    for (const text of configuration.notes) console.say({ severity: 'info', text: `note: ${text}` });
  for (const text of sharedFiles(certificates)) console.say({ severity: 'info', text });
  for (const one of certificates) showGood(one, console);
}

/** Describes the files that certificates of different keys share. */
function sharedFiles(certificates: readonly ValidatedCertificate[]): string[] {
  const files = new Set(certificates.flatMap(({ prepared: { entry } }) => entry.shared ?? []));
  const known = new Map(certificates.map(({ prepared }) => [prepared.entry.name, prepared]));
  return [...files].map((file) => {
    const names = file.members.map(({ name }) => {
      const one = known.get(name);
      return quote(name) + (one?.kind === 'ready' ? ` (${keyAlgorithmName(one.subject.certificate)})` : '');
    });
    const path = quote(file.members[0]?.ocsp ?? '');
    return `${firstOf(names, NAMES_SHOWN)} share the file ${path}: the responder must answer about all of them in one response`;
  });
}

const NAMES_SHOWN = 10;

function showGood({ prepared, forecast }: ValidatedCertificate, console: Console): void {
  const { name } = prepared.entry;
  if (forecast.kind === 'not-applicable') {
    console.say({ severity: 'info', text: `${name}  ${forecast.message}` });
    for (const text of forecast.warnings) console.say(attention('warning', `${name}: ${text}`));
  }
  if (forecast.kind === 'failing' || prepared.kind === 'broken' || console.detail !== 'verbose') return;
  const { certificate, issuer } = prepared.subject;
  const until = formatInstant(certificate.notAfter);
  const text = `${name}  issued by ${commonName(issuer.subject)}, valid until ${until}`;
  console.say({ severity: 'info', text });
}

/** A group of certificates that fail for the same reason. */
export interface FailureGroup {
  readonly error: OcspbotError;
  readonly names: readonly string[];
}

/** Groups all failures, except defects of entries: these are reported with their lines. */
function failureGroups(validated: readonly ValidatedCertificate[]): FailureGroup[] {
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
