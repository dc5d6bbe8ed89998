import { sep } from 'node:path';
import type { Configuration } from '../../configuration/model.js';
import type { System, Files } from '../../system/system.js';
import { shownFileTroubles } from '../../snapshot/publish.js';
import { notifyWarnings, serviceWarnings } from '../../services/readiness.js';
import { inspect, openInspection, type InspectionContext } from '../../run/inspect.js';
import { folderTrouble, stapleTrouble } from '../../installation/target.js';
import { backupFolder } from '../../installation/backups.js';
import { folderWarnings } from '../../configuration/rules/folders.js';
import type { OcspbotError } from '../../util/errors.js';
import { type LogPaths, logTroubles } from '../log-content.js';
import { logPathsAt } from '../logs.js';
import { systemClock } from '../clock.js';
import { orphansIn } from '../../run/authorities.js';
import { type Prepared, prepare } from '../../run/entries.js';
import { type Forecast, forecast } from '../../run/forecast.js';
import type { Subject } from '../../x509/subject.js';

/** Everything that is wrong with a configuration, and what a run would do. */
export interface Validation {
  readonly configuration: Configuration;
  readonly certificates: readonly ValidatedCertificate[];
  /** Reasons why a run could not begin, or could not write something. */
  readonly faults: readonly RunFault[];
  readonly warnings: readonly string[];
}

/** A reason why a run could not begin, or could not write something. `what` names the place. */
export interface RunFault {
  readonly what: string;
  readonly error: OcspbotError;
}

/** Validates a configuration that was read. Fetches and writes nothing. */
export async function validate(configuration: Configuration, system: System): Promise<Validation> {
  const context = openInspection(configuration, systemClock(system), system);
  const certificates = validateEntries(configuration, context, system.files);
  const warnings = [
    ...configuration.warnings,
    ...folderWarnings(configuration, system.files),
    ...serviceWarnings(configuration.services, system),
    ...notifyWarnings(configuration.notify, system),
    ...certificates.flatMap((one) => one.warnings),
  ];
  const logs = await logPathsAt(context.now, configuration);
  return { configuration, certificates, faults: runFaults(configuration, logs, system), warnings };
}

function runFaults(
  configuration: Configuration,
  logs: LogPaths,
  { files }: Pick<System, 'files'>,
): RunFault[] {
  const faults = [
    ...folderFaults(configuration, files),
    ...logTroubles(logs, files),
    ...shownFileTroubles(configuration, files),
  ];
  const messages = faults.map(({ error }) => error.message);
  return faults.filter(({ error }, index) => messages.indexOf(error.message) === index);
}

function folderFaults(
  { ownState, backups, stateFolder, publishFolder }: Configuration,
  files: Files,
): RunFault[] {
  const folders = [
    { what: 'the state folder', path: ownState.folder },
    {
      what: 'the folder of backups',
      path: backups.kind === 'on' ? (backups.folder ?? backupFolder(stateFolder)) : undefined,
    },
    { what: 'publish_folder', path: publishFolder },
  ];
  // A run makes the state folder. The rules of the configuration report other folders that are missing.
  const isJudged = (path: string) =>
    path.startsWith(`${stateFolder}${sep}`) || files.identity(path) !== undefined;
  return folders.flatMap(({ what, path }) => {
    const error = path !== undefined && isJudged(path) ? folderTrouble(path, files) : undefined;
    return error === undefined ? [] : [{ what, error }];
  });
}

/** Counts the certificates that would fail, and all other faults. */
export function countFaults({ configuration, certificates, faults }: Validation): number {
  const shared = configuration.defects.filter(({ effect }) => effect !== 'entry').length;
  const failing = certificates.filter(({ forecast }) => forecast.kind === 'failing').length;
  return shared + failing + faults.length;
}

/** A certificate and the forecast of its outcome, made without asking a responder. */
export interface ValidatedCertificate {
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
