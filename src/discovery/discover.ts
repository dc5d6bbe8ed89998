import { dirname, join, resolve } from 'node:path';
import type { System } from '../system/system.js';
import { DEFAULTS } from '../util/limits.js';
import type { Instant } from '../util/time.js';
import { IssuerCache } from '../x509/load.js';
import { CertificateStore } from './certificates.js';
import { configurationText, leftOutReason } from './configuration-text.js';
import { orUndefined, type DiscoveryFiles, kindAt, realFile } from './files.js';
import { type DiscoveredCertificate, gather } from './gather.js';
import type { JudgeContext } from './judge.js';
import type { Remark, ServerFindings } from './model.js';
import { makePlan, type Plan, type PlannedEntry, type StapleFolder } from './plan.js';
import { programWord } from './programs.js';
import { type PlannedService, planServices } from './services.js';
import { otherThanResponse } from './staple-files.js';
import { survey, type Survey, type SurveySystem } from './survey.js';

export interface DiscoverOptions {
  /** The folder for responses that the caller names; undefined for the usual one. */
  readonly folder: string | undefined;
  /** The folder is made if it is missing, so that it can be used. */
  readonly makesFolder: boolean;
  /** The configuration will have this path. */
  readonly file: string;
}

/** Everything that was found, and the configuration made of it. */
export interface Discovery {
  readonly servers: readonly ServerFindings[];
  readonly certificates: readonly DiscoveredCertificate[];
  readonly plan: Plan;
  readonly services: readonly PlannedService[];
  /** The reasons, in lines, for each certificate that is used only by servers that cannot staple a file for it. */
  readonly unstapled: readonly (readonly string[])[];
  readonly remarks: readonly Remark[];
  readonly folder: StapleFolder;
  readonly text: string;
}

/** Certificates with the means to judge them again, once more issuers are known. */
export interface Inventory {
  readonly found: Survey;
  readonly context: JudgeContext;
  readonly certificates: readonly DiscoveredCertificate[];
  readonly remarks: readonly Remark[];
}

interface InventoryOptions {
  readonly places: readonly string[];
  /** The folder of responses, below which issuers were kept earlier. */
  readonly folder: string;
  readonly now: Instant;
}

/** Returns the folder in which fetched issuers are kept. */
export function issuersFolder(folder: string): string {
  return join(folder, 'issuers');
}

/** Finds servers and certificates, and judges the certificates. Writes nothing, and sends nothing. */
export async function takeInventory(
  { places, folder, now }: InventoryOptions,
  system: SurveySystem,
): Promise<Inventory> {
  const found = await survey(places, system);
  const { files } = system;
  const store = new CertificateStore(files);
  store.search(issuersFolder(folder));
  const context = { store, files, issuers: new IssuerCache(files), now };
  return judgeAll(found, context);
}

/** Judges all certificates. Issuers that were added to the store since the last time are known now. */
export function judgeAll(found: Survey, context: JudgeContext): Inventory {
  const uses = found.servers.flatMap((server) => server.uses);
  const { certificates, remarks } = gather(uses, found.walked, context);
  return { found, context, certificates, remarks };
}

/** Makes a configuration for an inventory. */
export function configurationFor(
  { found, certificates, remarks }: Inventory,
  options: DiscoverOptions,
  system: SurveySystem,
): Discovery {
  const folder = stapleFolder(options, system);
  const plan = makePlan(certificates, {
    folder,
    isFolder: (path) => kindAt(path, system.files) === 'folder' || isToBeMade(path, folder),
    real: (path) => realFile(path, system.files),
    otherThanResponse: (path) => otherThanResponse(path, system.files),
  });
  const services = planServices(plan.entries, found.servers, (name) => programWord(name, system));
  const stateFolder = folder.kind === 'folder' ? undefined : stateFolderFor(plan.entries, system);
  const schema = schemaFile(system);
  const text = configurationText({ plan, services, folder, stateFolder, schema, file: options.file });
  const all = [...found.remarks, ...found.servers.flatMap((server) => server.remarks), ...remarks];
  return {
    servers: found.servers,
    certificates,
    plan,
    services,
    unstapled: plan.leftOut.filter(({ verdict }) => verdict.kind === 'ready').map(leftOutReason),
    remarks: [...all, ...plan.remarks],
    folder,
    text,
  };
}

function isToBeMade(path: string, folder: StapleFolder): boolean {
  return folder.kind === 'folder' && path === folder.path;
}

/** Returns the folder for responses that the caller names, or the usual one. */
export function stapleFolderPath(
  named: string | undefined,
  { workingFolder }: Pick<System, 'workingFolder'>,
): string {
  return named === undefined ? DEFAULTS.stapleFolder : resolve(workingFolder, named);
}

function stapleFolder({ folder, makesFolder }: DiscoverOptions, system: SurveySystem): StapleFolder {
  const path = stapleFolderPath(folder, system);
  const isThere = kindAt(path, system.files) === 'folder';
  return isThere || makesFolder || folder !== undefined ? { kind: 'folder', path } : { kind: 'beside' };
}

/** Chooses a state folder that this user can make. */
function stateFolderFor([first]: readonly PlannedEntry[], { files }: SurveySystem): string | undefined {
  const isMakeable =
    kindAt(DEFAULTS.stateFolder, files) === 'folder' || mayWrite(dirname(DEFAULTS.stateFolder), files);
  if (isMakeable) return DEFAULTS.stateFolder;
  return first && join(dirname(first.ocsp), '.ocspbot');
}

function mayWrite(folder: string, files: SurveySystem['files']): boolean {
  return orUndefined(() => files.checkWritable(folder) ?? true) === true;
}

/** The folders of the JSON Schemas beside the program: in the one file's folder, in the npm package, in the Debian package. */
const SCHEMA_FOLDERS = ['schemas', '../schemas', '../share/ocspbot/schemas'];

/** Finds the JSON Schema of configurations, which is installed with the program. */
function schemaFile({ files, programFolder }: SurveySystem): string | undefined {
  const paths = SCHEMA_FOLDERS.map((folder) => join(programFolder, folder, 'ocspbot.yaml.schema.json'));
  return paths.find((path) => isFile(path, files));
}

function isFile(path: string, files: DiscoveryFiles): boolean {
  return kindAt(path, files) === 'file';
}
