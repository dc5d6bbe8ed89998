import { basename, join, resolve } from 'node:path';
import { OcspbotError } from '../util/errors.js';
import { followLinks, plantedLink, RENEW_LINK } from '../storage/links.js';
import { doStep, errno } from '../storage/errors.js';
import type { Tools } from '../storage/tools.js';
import { LIMITS } from '../util/limits.js';
import { replaceFile } from '../storage/temporary-files.js';
import type { Files } from '../system/system.js';
import { sha256 } from '../util/bytes.js';
import { parseRecord } from '../util/json.js';

/**
 * Makes the state folder if it is missing, and returns its real path. Other users may look into it, for monitoring.
 *
 * @throws OcspbotError `target-unsuitable`, `no-space`, `not-permitted`, `read-only`, `write-failed`
 */
export async function openStateFolder(path: string, { files }: Tools): Promise<string> {
  return doStep(`make the state folder ${path}`, 'nothing was changed', async () => {
    try {
      await files.makeFolder(path, 0o755, 'without umask');
    } catch (error) {
      throw ['EEXIST', 'ENOTDIR', 'ELOOP'].includes(errno(error) ?? '')
        ? noFolder(path, files, error)
        : error;
    }
    const way = followLinks(path, files);
    if (way.kind !== 'found' || way.facts?.kind !== 'folder') throw noFolder(path, files);
    const planted = plantedLink(way.links, way.facts.owner, files.user);
    if (planted !== undefined)
      throw unsuitable(path, `user ${planted.owner} made the link ${planted.path} to it`);
    return way.path;
  });
}

/** Says why a path is no folder, and cannot become one. */
function noFolder(path: string, files: Tools['files'], cause?: unknown): OcspbotError {
  const way = followLinks(path, files);
  const dangling = (at: string) =>
    unsuitable(path, `a link leads to ${at}, which does not exist`, cause, RENEW_LINK);
  switch (way.kind) {
    case 'missing':
      return dangling(way.at);
    case 'loop':
      return unsuitable(path, 'its links go in a circle', cause);
    case 'not-a-folder':
      return unsuitable(way.at, 'it is not a folder', cause);
    case 'found':
      return way.facts === undefined ? dangling(way.path) : unsuitable(path, 'it is not a folder', cause);
  }
}

function unsuitable(
  path: string,
  reason: string,
  cause?: unknown,
  hint = 'name a folder in state_folder that only the user who runs ocspbot can write to',
): OcspbotError {
  const message = `cannot use the state folder ${path}: ${reason}`;
  return new OcspbotError('target-unsuitable', message, { hint, cause });
}

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
