import { basename, join, resolve } from 'node:path';
import { sha256 } from '../util/bytes.js';
import { LIMITS } from '../util/limits.js';
import { attempt } from '../storage/errors.js';
import { replaceFile } from '../storage/replace-file.js';
import type { Tools } from '../storage/tools.js';
import type { Files } from '../system/system.js';

// Several configurations may share a state folder. Each has a folder in it, named NAME.DIGEST after the path by which
// callers name it. That path stays when a link in it is switched to a new release, as Kubernetes, Nix and deployment tools
// do; the real path does not. A configuration that is named by another path than usual, but leads to the same file, is
// recognized by the real path that its last run has noted.

/** The part of a state folder that is one configuration's: its lock, pending reloads and memory. */
export interface OwnState {
  readonly folder: string;
  /** To be noted in the folder; undefined where another path of the configuration is noted there. */
  readonly origin: Origin | undefined;
}

type Reader = Pick<Files, 'read' | 'facts' | 'resolve' | 'entries'>;

/** Finds the folder of a configuration, which need not be there yet. `file` is absolute. */
export function findOwnState(file: string, stateFolder: string, files: Reader): OwnState {
  const realPath = realPathOf(file, files) ?? file;
  // The name of a descriptor stands for another file in each process.
  const path = /^\/(?:dev|proc)\//.test(file) ? realPath : file;
  const folder = join(stateFolder, folderName(path));
  if (!isThere(folder, files)) {
    const known = foldersIn(stateFolder, files).find((one) => readOrigin(one, files)?.realPath === realPath);
    if (known !== undefined) return { folder: known, origin: undefined };
  }
  return { folder, origin: { path, realPath } };
}

/** A folder that nobody may look at is there: the run that has to write says why it cannot. */
function isThere(folder: string, files: Pick<Files, 'facts'>): boolean {
  try {
    return files.facts(folder) !== undefined;
  } catch {
    return true;
  }
}

function realPathOf(path: string, files: Pick<Files, 'resolve'>): string | undefined {
  try {
    return files.resolve(path);
  } catch {
    return undefined;
  }
}

const FOLDER = /\.[0-9a-f]{12}$/;

export function folderName(path: string): string {
  const name = basename(path).replace(/\.ya?ml$/, '');
  const safe = name.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 40);
  return `${safe}.${sha256(path).slice(0, 12)}`;
}

/** Lists the folders of all configurations; none where nobody may look. */
export function foldersIn(stateFolder: string, files: Pick<Files, 'entries'>): string[] {
  try {
    const entries = files.entries(resolve(stateFolder));
    return entries.flatMap(({ name, kind }) =>
      kind === 'folder' && FOLDER.test(name) ? [join(stateFolder, name)] : [],
    );
  } catch {
    return [];
  }
}

export function readOrigin(folder: string, files: Pick<Files, 'read'>): Origin | undefined {
  try {
    return decodeOrigin(files.read(join(folder, ORIGIN_FILE), LIMITS.stateFile));
  } catch {
    return undefined;
  }
}

/** Tells which configuration a folder of state belongs to. */
interface Origin {
  /** As callers name it, absolute. */
  readonly path: string;
  /** Without links. */
  readonly realPath: string;
}

const ORIGIN_FILE = 'configuration.json';

function encodeOrigin({ path, realPath }: Origin): string {
  return `${JSON.stringify({ schema: 1, path, real_path: realPath })}\n`;
}

/** Returns undefined for everything that encodeOrigin() does not write. */
function decodeOrigin(bytes: Uint8Array): Origin | undefined {
  try {
    const value = JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown> | null;
    const { path, real_path: realPath } = value ?? {};
    return typeof path === 'string' && typeof realPath === 'string' ? { path, realPath } : undefined;
  } catch {
    return undefined;
  }
}

/** Notes in a configuration's own folder whose it is, for people and for whoever takes over what it owes. */
export async function noteOrigin({ folder, origin }: OwnState, tools: Tools): Promise<void> {
  if (origin === undefined) return;
  const noted = readOrigin(folder, tools.files);
  if (noted?.path === origin.path && noted.realPath === origin.realPath) return;
  const path = join(folder, ORIGIN_FILE);
  await attempt(`note in ${path} which configuration it is of`, 'nothing was changed', () =>
    replaceFile(folder, ORIGIN_FILE, encodeOrigin(origin), tools),
  );
}
