import { dirname } from 'node:path';
import type { Configuration } from '../../configuration/model.js';
import { formatProblems, problemToJson } from '../../configuration/problem.js';
import { readConfiguration } from '../../configuration/read.js';
import { folderWarnings } from '../../configuration/rules/folders.js';
import type { OcspbotError } from '../../util/errors.js';
import { folderTrouble, stapleTrouble } from '../../installation/target.js';
import { EXIT } from '../../report/exit-status.js';
import { SCHEMA } from '../../report/json.js';
import { attention, counted } from '../../report/text.js';
import { prepare, type Prepared } from '../../run/entries.js';
import { forecast, type Forecast } from '../../run/forecast.js';
import { orphansIn } from '../../run/authorities.js';
import { type InspectionContext, inspect, openInspection } from '../../run/inspect.js';
import { serviceWarnings } from '../../services/readiness.js';
import { shownFileTroubles } from '../../snapshot/publish.js';
import { backupFolder } from '../../installation/backups.js';
import type { Files, System } from '../../system/system.js';
import { formatInstant } from '../../util/time.js';
import { firstOf, quote } from '../../util/text.js';
import { keyAlgorithmName } from '../../x509/key-name.js';
import type { Subject } from '../../x509/subject.js';
import { commonName } from '../../x509/name.js';
import type { Command } from '../command.js';
import { type Console, toJsonText } from '../console.js';
import { systemClock } from '../clock.js';
import { logTroubles } from '../log-content.js';
import { migrationLines, migrationOf } from './migration.js';

type ValidateCommand = Extract<Command, { kind: 'validate' }>;

interface Validation {
  readonly configuration: Configuration;
  readonly certificates: readonly ValidatedCertificate[];
  /** Reasons why a run could not begin, or could not replace anything. */
  readonly faults: readonly RunFault[];
  readonly warnings: readonly string[];
}

interface RunFault {
  readonly what: string;
  readonly error: OcspbotError;
}

/**
 * Reports everything that is wrong with a configuration, its files and its certificates, and the outcome of a run as far as
 * it is known without a responder. Fetches and writes nothing.
 */
export function validateCommand({ file }: ValidateCommand, system: System, console: Console): number {
  const validation = validate(readConfiguration(file, system), system);
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

function validate(configuration: Configuration, system: System): Validation {
  const context = openInspection(configuration, systemClock(system), system);
  const certificates = validateEntries(configuration, context, system.files);
  const warnings = [
    ...configuration.warnings,
    ...folderWarnings(configuration, system.files),
    ...serviceWarnings(configuration.services, system),
    ...certificates.flatMap((one) => one.warnings),
  ];
  return { configuration, certificates, faults: runFaults(configuration, system), warnings };
}

function runFaults(configuration: Configuration, { files }: Pick<System, 'files'>): RunFault[] {
  return [
    ...folderFaults(configuration, files),
    ...logTroubles(configuration, files),
    ...shownFileTroubles(configuration, files),
  ];
}

function folderFaults(configuration: Configuration, files: Files): RunFault[] {
  const { ownState, backups, stateFolder, metricsFile, htmlFile, publishFolder } = configuration;
  const backupsIn = backups.kind === 'on' ? (backups.folder ?? backupFolder(stateFolder)) : undefined;
  const folders = [
    { what: 'the state folder', path: ownState.folder },
    { what: 'the folder of backups', path: backupsIn },
    { what: 'metrics_file', path: metricsFile && dirname(metricsFile) },
    { what: 'html_file', path: htmlFile && dirname(htmlFile) },
    { what: 'publish_folder', path: publishFolder },
  ];
  const faults = folders.flatMap(({ what, path }) => {
    const error = path === undefined ? undefined : folderTrouble(path, files);
    return error === undefined ? [] : [{ what, error }];
  });
  return faults.filter(({ error }, index) => error.message !== faults[index - 1]?.error.message);
}

/** Counts the certificates that would fail, and all other faults. */
function countFaults({ configuration, certificates, faults }: Validation): number {
  const shared = configuration.defects.filter(({ effect }) => effect !== 'entry').length;
  const failing = certificates.filter(({ forecast }) => forecast.kind === 'failing').length;
  return shared + failing + faults.length;
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

export function validationToJson(
  { configuration, certificates, faults, warnings }: Validation,
  status: number,
) {
  const problems: readonly (ReturnType<typeof problemToJson> | ReturnType<typeof faultToJson>)[] = [
    ...configuration.defects.map(problemToJson),
    ...faults.map(faultToJson),
  ];
  return {
    schema: SCHEMA,
    status,
    certificates: certificates.map(certificateToJson),
    problems,
    warnings,
    migration: migrationOf(configuration),
  };
}

function faultToJson({ error: { message, hint } }: RunFault) {
  return { message, hint };
}

function certificateToJson({ prepared, forecast }: ValidatedCertificate) {
  const { name, cert, ocsp } = prepared.entry;
  const common = { name, cert, ocsp, valid: forecast.kind !== 'failing' };
  if (forecast.kind === 'not-applicable') return { ...common, not_applicable: forecast.message };
  if (forecast.kind === 'promising') return common;
  const { code, message, hint } = forecast.error;
  return { ...common, error: { code, message, hint } };
}

/** A certificate and the forecast of its outcome, made without asking a responder. */
interface ValidatedCertificate {
  readonly prepared: Prepared;
  readonly forecast: Forecast;
  /** Warnings about unreadable certificates in its files that are not needed. */
  readonly warnings: readonly string[];
}

/** Inspects all certificates of a configuration as a run does, and the targets of their staples. */
function validateEntries(
  { entries }: Configuration,
  context: InspectionContext,
  files: Files,
): readonly ValidatedCertificate[] {
  return prepare(entries, files, context.now).map((prepared) => {
    if (prepared.kind === 'broken')
      return { prepared, forecast: { kind: 'failing', error: prepared.error }, warnings: [] };
    const { entry, subject } = prepared;
    const warnings = [
      ...subject.damage.map(({ message }) => `${entry.name}: ${message}, but is not needed`),
      ...chainWarnings(subject).map((text) => `${entry.name}: ${text}`),
    ];
    const expected = forecast(inspect(entry, subject, context), context);
    const fault = expected.kind === 'promising' ? stapleTrouble(entry.ocsp, files) : undefined;
    return {
      prepared,
      forecast: fault === undefined ? expected : { kind: 'failing', error: fault },
      warnings,
    };
  });
}

/** Warns of a file in `format: pem-chain` that would not have the responses about the intermediates. */
function chainWarnings(subject: Subject): string[] {
  if (subject.sent?.length !== 0) return orphansIn(subject);
  return [
    '"format" is pem-chain, but neither "cert" nor "chain" has an intermediate: the file has one response only',
  ];
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
