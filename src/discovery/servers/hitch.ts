import { join } from 'node:path';
import { localListener } from '../addresses.js';
import { componentMatcher } from '../patterns.js';
import type { ConfigurationFiles, Listener, Place, ServerFindings, Use } from '../model.js';

interface Pem {
  readonly cert: string;
  readonly key?: string | undefined;
  readonly staple: string | undefined;
  readonly place: Place;
  /** The file comes from a folder, so that no line can name a response for it. */
  readonly isOfFolder: boolean;
}

/** `KEY = VALUE`, `KEY = {` or `}`, in the syntax of hitch.conf(5). */
const PART = /#[^\n]*|([\w-]+)\s*=\s*(?:"([^"\n]*)"|(\{)|([^\s{}"#]+))|(\})|\n/g;

/** A block that is open: `frontend = {` or `pem-file = {`. */
interface Block {
  readonly key: string;
  readonly line: number;
  readonly values: Map<string, string>;
  readonly pems: Pem[];
}

/** Reads a configuration of hitch. Its blocks are `frontend` and `pem-file`. */
export function readHitch(path: string, text: string, files: ConfigurationFiles): ServerFindings {
  const reader = new Reader(path, (folder) => certificatesIn(folder, text, files));
  for (const part of text.matchAll(PART)) reader.take(part);
  return { server: 'hitch', file: path, uses: reader.uses(), remarks: [] };
}

class Reader {
  readonly #file: string;
  readonly #certificatesIn: (folder: string) => string[];
  readonly #open: Block[] = [];
  readonly #pems: Pem[] = [];
  /** The frontends without certificates of their own: these alone have those that are named outside. */
  readonly #listeners: Listener[] = [];
  readonly #own: { readonly pem: Pem; readonly listeners: readonly Listener[] }[] = [];
  #line = 1;

  constructor(file: string, certificates: (folder: string) => string[]) {
    this.#file = file;
    this.#certificatesIn = certificates;
  }

  take([whole, key = '', quoted, opens, plain, closes]: RegExpMatchArray): void {
    if (whole === '\n') this.#line += 1;
    else if (opens !== undefined) this.#open.push({ key, line: this.#line, values: new Map(), pems: [] });
    else if (closes !== undefined) this.#close(this.#open.pop());
    else if (quoted !== undefined || plain !== undefined) this.#set(key, quoted ?? plain ?? '');
  }

  uses(): Use[] {
    const own = this.#own.map(({ pem, listeners }) => useOf(pem, listeners));
    return [...this.#pems.map((pem) => useOf(pem, this.#listeners)), ...own].sort(
      (one, other) => one.place.line - other.place.line,
    );
  }

  #set(key: string, value: string): void {
    const place = { file: this.#file, line: this.#line };
    if (key === 'pem-file') this.#add({ cert: value, staple: undefined, place, isOfFolder: false });
    else if (key === 'pem-dir')
      for (const cert of this.#certificatesIn(value))
        this.#add({ cert, staple: undefined, place, isOfFolder: true });
    else if (key === 'frontend') this.#listeners.push(...listenersAt(value));
    else this.#open.at(-1)?.values.set(key, value);
  }

  #add(pem: Pem): void {
    const frontend = this.#open.findLast(({ key }) => key === 'frontend');
    (frontend?.pems ?? this.#pems).push(pem);
  }

  #close(block: Block | undefined): void {
    if (block?.key === 'frontend') this.#closeFrontend(block);
    const cert = block?.key === 'pem-file' ? block.values.get('cert') : undefined;
    if (block === undefined || cert === undefined) return;
    const [key, staple] = [block.values.get('private-key'), block.values.get('ocsp-resp-file')];
    this.#add({ cert, key, staple, place: { file: this.#file, line: block.line }, isOfFolder: false });
  }

  #closeFrontend({ values, pems }: Block): void {
    const listeners = listenersAt(`${values.get('host') ?? '*'}:${values.get('port') ?? ''}`);
    if (pems.length === 0) this.#listeners.push(...listeners);
    for (const pem of pems) this.#own.push({ pem, listeners });
  }
}

function listenersAt(address: string): Listener[] {
  const listener = localListener(address);
  return listener === undefined ? [] : [listener];
}

function certificatesIn(path: string, text: string, files: ConfigurationFiles): string[] {
  const isMeant = componentMatcher(/^\s*pem-dir-glob\s*=\s*"([^"\n]+)"/m.exec(text)?.[1] ?? '*');
  const paths = files
    .list(path)
    .filter(isMeant)
    .map((name) => join(path, name));
  return paths.filter((file) => files.kindOf(file) === 'file');
}

function useOf({ cert, key, staple, place, isOfFolder }: Pem, listeners: readonly Listener[]): Use {
  return {
    server: 'hitch',
    cert: join('/', cert),
    chains: [],
    place,
    names: [],
    listeners: listeners.slice(0, 1),
    staple: staple === undefined ? undefined : join('/', staple),
    isStapling: staple !== undefined,
    obstacle: isOfFolder ? 'section' : undefined,
    key,
  };
}
