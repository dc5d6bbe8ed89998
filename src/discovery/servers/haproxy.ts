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
  /** The file of the response that a crt-store names. */
  readonly staple?: string | undefined;
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
  let storeBase: string | undefined;
  for (const { words, line } of lines) {
    const [keyword = ''] = words;
    const place = { file: path, line };
    if (SECTION.test(keyword)) {
      section = keyword;
      storeBase = undefined;
    } else if (section === 'global') readGlobal(words, path, reading.global);
    else if (section === 'crt-store' && keyword === 'crt-base') storeBase = words[1];
    else if (section === 'crt-store' && keyword === 'load') readLoad(words, place, storeBase, reading);
    else if (keyword === 'bind' && words.includes('ssl')) readBind(words, place, reading);
  }
}

function readBind(words: readonly string[], place: Place, reading: Reading): void {
  const bind: Bind = {
    place,
    listeners: listenersOf(words),
    updatesItself: reading.global.updatesItself || valueAfter(words, 'ocsp-update').includes('on'),
    names: [],
  };
  for (const crt of valueAfter(words, 'crt')) addCertificates(crt, bind, reading);
  for (const list of valueAfter(words, 'crt-list')) addList(list, bind, reading);
}

/** Returns the addresses that a client reaches by TCP, without a header of the PROXY protocol. */
function listenersOf(words: readonly string[]): Listener[] {
  if (words.includes('accept-proxy')) return [];
  const addresses = (words[1] ?? '').split(',').filter((address) => !address.startsWith('quic'));
  return addresses.flatMap((address) => localListener(address.replace(/^ipv[46]@/, '')) ?? []);
}

/** Reads a line of a crt-store: `load crt FILE … ocsp FILE` (HAProxy 3.0). */
function readLoad(words: readonly string[], place: Place, base: string | undefined, reading: Reading): void {
  const [crt] = valueAfter(words, 'crt');
  if (crt === undefined) return;
  const from = (path: string) => (base === undefined || isAbsolute(path) ? path : join(base, path));
  const [ocsp] = valueAfter(words, 'ocsp').map(from);
  const updatesItself = reading.global.updatesItself || valueAfter(words, 'ocsp-update').includes('on');
  addCertificates(from(crt), { place, listeners: [], names: [], updatesItself, staple: ocsp }, reading);
}

function valueAfter(words: readonly string[], keyword: string): string[] {
  return words.filter((_, index) => index > 0 && words[index - 1] === keyword);
}

/** Returns the absolute path of a certificate or a list; undefined if it has a variable in it. */
function pathOf(
  path: string,
  what: 'crt' | 'crt-list',
  { place }: Bind,
  reading: Reading,
): string | undefined {
  if (path.includes('$')) {
    reading.remarks.push({
      text: `${place.file}:${place.line}: ${what} ${quote(path)} has a variable in it and cannot be followed`,
      hint: FOLDER,
    });
    return undefined;
  }
  const { crtBase, base: other } = reading.global;
  const base = what === 'crt' ? (crtBase ?? other) : other;
  return isAbsolute(path) ? path : join(base, path);
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
  for (const { crt, line, names, updatesItself } of readCrtList(text)) {
    const place = { file: path, line };
    addCertificates(
      crt,
      { ...bind, place, names, updatesItself: updatesItself || bind.updatesItself },
      reading,
    );
  }
}

/** The endings of files in a folder that are no certificates. HAProxy also leaves out hidden files. */
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

function useOf(cert: string, { place, listeners, names, updatesItself, staple }: Bind, global: Global): Use {
  return {
    server: 'haproxy',
    cert,
    chains: [besideOf(cert, 'issuer', global)],
    place,
    names,
    listeners,
    staple: staple ?? besideOf(cert, 'ocsp', global),
    isStapling: staple !== undefined || global.readsResponses,
    obstacle: updatesItself ? 'fetches-itself' : undefined,
  };
}
