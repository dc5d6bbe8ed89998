import { basename, dirname, join } from 'node:path';
import type { Configuration, Entry } from '../configuration/model.js';
import { doStep } from '../storage/errors.js';
import { temporaryPath } from '../storage/names.js';
import { removeStaleTemporaryFiles } from '../storage/temporary-files.js';
import type { Tools } from '../storage/tools.js';
import { sha256 } from '../util/bytes.js';
import type { Secret } from './secrets.js';

/** The characters of a name that are kept in the name of a file, which may have 255 with all that is added to it. */
const LONGEST = 150;

/** The settings of the copies: the state folder, and the file that is named as their position. */
export type CopySettings = Pick<Configuration, 'file' | 'ownState'>;

/** Makes the entry of a Secret: its copies in the state folder. No service is reloaded, since gateways watch their Secrets. */
export function entryOf(
  { namespace, name }: Pick<Secret, 'namespace' | 'name'>,
  settings: CopySettings,
): Entry {
  const base = join(folderOf(settings), namespace, shortened(name));
  return {
    name: `${namespace}/${name}`,
    cert: `${base}.crt`,
    chain: undefined,
    rootchain: undefined,
    ocsp: `${base}.ocsp`,
    responder: undefined,
    services: [],
    position: { file: settings.file, line: 1, column: 1 },
  };
}

function folderOf({ ownState }: CopySettings): string {
  return join(ownState.folder, 'kubernetes');
}

/** Shortens a long name. No other name becomes the same, since no name of a Secret has an underscore. */
function shortened(name: string): string {
  return name.length <= LONGEST ? name : `${name.slice(0, LONGEST)}_${sha256(name).slice(0, 24)}`;
}

/** Copies certificate and staple of a Secret to the files of its entry. Throws OcspbotErrors. */
export async function copy({ certificates, staple }: Secret, entry: Entry, tools: Tools): Promise<void> {
  const { name, cert, ocsp } = entry;
  await doStep(`copy the Secret ${name} to ${dirname(cert)}`, 'the Secret stays as it is', async () => {
    await openFolder(dirname(cert), tools);
    await put(cert, certificates, tools);
    await put(ocsp, staple, tools);
  });
}

/** Makes a folder for copies. Those who read the state folder read what is in it, except copies. */
async function openFolder(folder: string, { files }: Tools): Promise<void> {
  await files.makeFolder(dirname(dirname(folder)), 0o755, 'without umask');
  await files.makeFolder(folder, 0o700);
}

/** Replaces a copy in one step: another run may be reading it. */
async function put(path: string, bytes: Uint8Array | undefined, tools: Tools): Promise<void> {
  const { files } = tools;
  if (bytes === undefined) {
    if (files.facts(path) !== undefined) await files.remove(path);
    return;
  }
  const temporary = temporaryPath(dirname(path), basename(path), tools);
  await files.create({ path: temporary, bytes, mode: 0o600, fleeting: true });
  await files.rename(temporary, path);
}

/** Removes the copies of Secrets that are not selected any more, and what dead runs have left. */
export async function removeOthers(
  entries: readonly Entry[],
  settings: CopySettings,
  tools: Tools,
): Promise<void> {
  const { files } = tools;
  const root = folderOf(settings);
  const wanted = new Set(entries.flatMap(({ cert, ocsp }) => [cert, ocsp]));
  for (const namespace of files.facts(root) === undefined ? [] : files.list(root)) {
    const folder = join(root, namespace);
    const names = files.list(folder);
    await removeStaleTemporaryFiles(folder, names, tools);
    for (const name of names)
      if (!name.startsWith('.') && !wanted.has(join(folder, name))) await files.remove(join(folder, name));
  }
}
