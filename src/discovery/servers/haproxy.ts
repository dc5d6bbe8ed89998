import { isAbsolute, join } from 'node:path';
import { quote } from '../../util/text.js';
import { localListener } from '../addresses.js';
import {
  AS_ROOT,
  type ConfigurationFiles,
  FOLDER,
  type Listener,
  type Place,
  type Remark,
  type ServerFindings,
  shownPlace,
  type Use,
} from '../model.js';
import { readCrtList } from './haproxy-crt-list.js';
import { besideOf, emptyGlobal, type Global, readGlobal } from './haproxy-global.js';
import { namedFiles, type NamedFiles, valuesAfter } from './haproxy-named-files.js';
import { type Line, wordsOfLines } from './haproxy-words.js';

/** The global settings, and what was found so far. */
interface Reading {
  readonly files: ConfigurationFiles;
  readonly uses: Use[];
  readonly remarks: Remark[];
  readonly global: Global;
}

/** The place and the addresses of a certificate. */
export interface Bind {
  readonly place: Place;
  readonly listeners: readonly Listener[];
  readonly updatesItself: boolean;
  readonly names: readonly string[];
  /** The files that the line itself names; undefined if HAProxy looks for them beside the certificate. */
  readonly named?: NamedFiles | undefined;
}

const SECTION =
  /^(?:global|defaults|frontend|backend|listen|peers|mailers|resolvers|userlist|cache|program|http-errors|ring|log-forward|fcgi-app|crt-store|traces|acme|log-profile)$/;

/** Reads the files of one configuration in order; each has a path and a text. */
export function readHaproxy(
  parts: readonly { readonly path: string; readonly text: string }[],
  files: ConfigurationFiles,
): ServerFindings {
  const reading: Reading = { files, uses: [], remarks: [], global: emptyGlobal() };
  for (const { path, text } of parts) readFile(path, wordsOfLines(text), reading);
  const { uses, remarks, global } = reading;
  return {
    server: 'haproxy',
    file: parts[0]?.path ?? '',
    uses,
    remarks,
    runtimeSocket: global.runtimeSocket,
  };
}

function readFile(path: string, lines: readonly Line[], reading: Reading): void {
  let section = '';
  let storeBase = '';
  for (const { words, line } of lines) {
    const [keyword = ''] = words;
    const place = { file: path, line };
    if (SECTION.test(keyword)) {
      section = keyword;
      storeBase = baseOf(reading.global);
    } else if (section === 'global') readGlobal(words, path, reading.global);
    else if (section === 'crt-store' && keyword === 'crt-base') storeBase = words[1] ?? '';
    else if (section === 'crt-store' && keyword === 'load') readLoad(words, place, reading, storeBase);
    else if (keyword === 'bind' && words.includes('ssl')) readBind(words, place, reading);
    else if (keyword === 'ssl-f-use') readLoad(words, place, reading);
  }
}

function readBind(words: readonly string[], place: Place, reading: Reading): void {
  const updatesItself = updates(words, reading);
  const bind: Bind = { place, listeners: listenersOf(words), updatesItself, names: [] };
  // A certificate for clients without a name (HAProxy 3.0) is one like the others.
  for (const crt of ['default-crt', 'crt'].flatMap((keyword) => valuesAfter(words, keyword)))
    addCertificates(crt, bind, reading);
  for (const list of valuesAfter(words, 'crt-list')) addList(list, bind, reading);
}

function updates(words: readonly string[], { global }: Reading): boolean {
  return global.updatesItself || valuesAfter(words, 'ocsp-update').includes('on');
}

/** Returns the addresses that a client reaches by TCP, without a header of the PROXY protocol. */
function listenersOf(words: readonly string[]): Listener[] {
  if (words.includes('accept-proxy')) return [];
  const addresses = (words[1] ?? '').split(',').filter((address) => !address.startsWith('quic'));
  return addresses.flatMap((address) => localListener(address.replace(/^ipv[46]@/, '')) ?? []);
}

/**
 * Reads a line of a crt-store, `load crt FILE … ocsp FILE` (HAProxy 3.0), or `ssl-f-use crt FILE …` of a frontend (3.2).
 * A crt-store, which has a folder of its own for relative paths, never looks for files beside the certificate.
 */
function readLoad(words: readonly string[], place: Place, reading: Reading, storeBase?: string): void {
  const [crt] = valuesAfter(words, 'crt');
  if (crt === undefined) return;
  const path = storeBase === undefined || isAbsolute(crt) || crt.includes('$') ? crt : join(storeBase, crt);
  const named = namedFiles(words, storeBase ?? reading.global.base);
  const isOfStore = storeBase !== undefined;
  const files = named ?? (isOfStore ? NO_FILES : undefined);
  const updatesItself = updates(words, reading);
  addCertificates(path, { place, listeners: [], names: [], updatesItself, named: files }, reading);
}

const NO_FILES: NamedFiles = { ocsp: undefined, issuer: undefined };

/** Returns the absolute path of a certificate or a list; undefined if it has a variable in it. */
function pathOf(
  path: string,
  what: 'crt' | 'crt-list',
  { place }: Bind,
  reading: Reading,
): string | undefined {
  if (path.includes('$')) {
    reading.remarks.push({
      text: `${shownPlace(place)}: ${what} ${quote(path)} has a variable in it and cannot be followed`,
      hint: FOLDER,
    });
    return undefined;
  }
  const base = what === 'crt' ? baseOf(reading.global) : reading.global.base;
  return isAbsolute(path) ? path : join(base, path);
}

/** Returns the folder of certificates with relative paths. */
function baseOf({ crtBase, base }: Global): string {
  return crtBase ?? base;
}

function addList(list: string, bind: Bind, reading: Reading): void {
  const path = pathOf(list, 'crt-list', bind, reading);
  if (path === undefined) return;
  const kind = reading.files.kindOf(path);
  const text = kind === 'folder' ? undefined : reading.files.read(path);
  if (text === undefined) {
    const said = `${shownPlace(bind.place)}: crt-list ${quote(path)} cannot be read`;
    reading.remarks.push(
      kind === 'absent'
        ? { text: `${said}: there is no such file`, hint: 'correct the path' }
        : { text: said, hint: AS_ROOT },
    );
    return;
  }
  for (const { crt, line, names, options } of readCrtList(text)) {
    const updatesItself = bind.updatesItself || updates(options, reading);
    const named = namedFiles(options, reading.global.base);
    addCertificates(crt, { ...bind, place: { file: path, line }, names, updatesItself, named }, reading);
  }
}

/** The endings of files in a folder that are not certificates. HAProxy also leaves out hidden files. */
const NO_CERTIFICATE = /^\.|\.(?:ocsp|issuer|sctl|key)$/;

/** The endings of the files that `crt FILE` means when there is no FILE. */
const BUNDLE = ['.rsa', '.ecdsa', '.dsa'];

function addCertificates(crt: string, bind: Bind, reading: Reading): void {
  // `@STORE/NAME` means a line of a crt-store, which is read where it is.
  const path = crt.startsWith('@') ? undefined : pathOf(crt, 'crt', bind, reading);
  if (path === undefined) return;
  for (const cert of certificatesAt(path, reading.files))
    reading.uses.push(useOf(cert, bind, reading.global));
}

function certificatesAt(path: string, files: ConfigurationFiles): string[] {
  const kind = files.kindOf(path);
  if (kind === 'folder') {
    const names = files.list(path).filter((name) => !NO_CERTIFICATE.test(name));
    return names.map((name) => join(path, name)).filter((file) => files.kindOf(file) === 'file');
  }
  const bundle = BUNDLE.map((ending) => path + ending).filter((file) => files.kindOf(file) === 'file');
  return kind === 'absent' && bundle.length > 0 ? bundle : [path];
}

function useOf(cert: string, { place, listeners, names, updatesItself, named }: Bind, global: Global): Use {
  const issuer = named === undefined ? besideOf(cert, 'issuer', global) : named.issuer;
  const staple = named === undefined ? besideOf(cert, 'ocsp', global) : named.ocsp;
  return {
    server: 'haproxy',
    cert,
    chains: issuer === undefined ? [] : [issuer],
    place,
    names,
    listeners,
    staple,
    isStapling: named === undefined ? global.readsResponses : staple !== undefined,
    obstacle: updatesItself ? 'fetches-itself' : undefined,
  };
}
