import { basename, join, resolve } from 'node:path';
import { doStep } from '../storage/errors.js';
import { replaceFile } from '../storage/temporary-files.js';
import type { Tools } from '../storage/tools.js';
import type { Files } from '../system/system.js';
import { sha256 } from '../util/bytes.js';
import { parseRecord } from '../util/json.js';
import { LIMITS } from '../util/limits.js';

// Several configurations may share a state folder. Each has a folder in it, named NAME.DIGEST after the path by which
// callers name the configuration. Kubernetes, Nix and deployment tools switch a link in this path to a new release: the
// path stays, the real path changes. If callers use another path to the same file, the configuration is recognized by the
// real path that its last run has noted.

/** The part of a state folder that belongs to one configuration: its lock, pending reloads and history of responders. */
export interface OwnState {
  readonly folder: string;
  /** The origin to note in the folder; undefined if another path of the configuration is noted there. */
  readonly origin: Origin | undefined;
}

type Reader = Pick<Files, 'read' | 'facts' | 'resolve' | 'entries'>;

/** Finds the folder of a configuration. It need not exist yet. `file` is absolute. */
export function findOwnState(file: string, stateFolder: string, files: Reader): OwnState {
  const realPath = realPathOf(file, files) ?? file;
  // The name of a file descriptor is another file in each process.
  const path = /^\/(?:dev|proc)\//.test(file) ? realPath : file;
  const folder = join(stateFolder, folderName(path));
  if (!isThere(folder, files)) {
    const known = foldersIn(stateFolder, files).find((one) => readOrigin(one, files)?.realPath === realPath);
    if (known !== undefined) return { folder: known, origin: undefined };
  }
  return { folder, origin: { path, realPath } };
}

/** Reports whether a folder exists. If this user may not look, it does: the first write reports why it fails. */
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

/** Lists the folders of all configurations; none if this user may not look. */
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

/** The configuration that a folder of state belongs to. */
interface Origin {
  /** The absolute path by which callers name it. */
  readonly path: string;
  /** The path without links. */
  readonly realPath: string;
}

const ORIGIN_FILE = 'configuration.json';

function encodeOrigin({ path, realPath }: Origin): string {
  return `${JSON.stringify({ schema: 1, path, real_path: realPath })}\n`;
}

/** Decodes an origin; undefined for everything that encodeOrigin() does not write. */
function decodeOrigin(bytes: Uint8Array): Origin | undefined {
  const { path, real_path: realPath } = parseRecord(bytes) ?? {};
  return typeof path === 'string' && typeof realPath === 'string' ? { path, realPath } : undefined;
}

/** Notes in a folder which configuration it belongs to, for administrators and for the taking over of pending reloads. */
export async function noteOrigin({ folder, origin }: OwnState, tools: Tools): Promise<void> {
  if (origin === undefined) return;
  const noted = readOrigin(folder, tools.files);
  if (noted?.path === origin.path && noted.realPath === origin.realPath) return;
  const path = join(folder, ORIGIN_FILE);
  await doStep(`note in ${path} which configuration it is of`, 'nothing was changed', () =>
    replaceFile(path, encodeOrigin(origin), tools),
  );
}
