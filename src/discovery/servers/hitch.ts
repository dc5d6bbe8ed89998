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

/** Reads a configuration of hitch. Its blocks are `frontend` and `pem-file`. */
export function readHitch(path: string, text: string, files: ConfigurationFiles): ServerFindings {
  const open: { readonly key: string; readonly values: Map<string, string>; readonly line: number }[] = [];
  const pems: Pem[] = [];
  const listeners: Listener[] = [];
  let line = 1;
  const listen = (address: string) => {
    const listener = localListener(address);
    if (listener !== undefined) listeners.push(listener);
  };
  for (const [whole, key = '', quoted, opens, plain, closes] of text.matchAll(PART)) {
    const value = quoted ?? plain;
    const place = { file: path, line };
    if (whole === '\n') line += 1;
    else if (opens !== undefined) open.push({ key, values: new Map(), line });
    else if (closes !== undefined) close(open.pop());
    else if (value !== undefined && key === 'pem-file')
      pems.push({ cert: value, staple: undefined, place, isOfFolder: false });
    else if (value !== undefined && key === 'pem-dir')
      pems.push(
        ...folder(value, text, files).map((cert) => ({ cert, staple: undefined, place, isOfFolder: true })),
      );
    else if (value !== undefined && key === 'frontend') listen(value);
    else if (value !== undefined) open.at(-1)?.values.set(key, value);
  }
  function close(block: (typeof open)[number] | undefined): void {
    const cert = block?.key === 'pem-file' ? block.values.get('cert') : undefined;
    if (block?.key === 'frontend')
      listen(`${block.values.get('host') ?? '*'}:${block.values.get('port') ?? ''}`);
    if (block === undefined || cert === undefined) return;
    const place = { file: path, line: block.line };
    const [key, staple] = [block.values.get('private-key'), block.values.get('ocsp-resp-file')];
    pems.push({ cert, key, staple, place, isOfFolder: false });
  }
  return { server: 'hitch', file: path, uses: pems.map((pem) => useOf(pem, listeners)), remarks: [] };
}

function folder(path: string, text: string, files: ConfigurationFiles): string[] {
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
