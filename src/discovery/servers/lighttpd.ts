import { isAbsolute, join } from 'node:path';
import { quote } from '../../util/text.js';
import { LIMITS } from '../../util/limits.js';
import { localListener } from '../addresses.js';
import { IncludeGuard } from '../includes.js';
import type { ConfigurationFiles, Listener, Place, Remark, ServerFindings, Use } from '../model.js';

/** The settings of a block; those of the blocks around it hold where it has none. */
interface Block {
  readonly outer: Block | undefined;
  readonly listeners: readonly Listener[];
  readonly names: readonly string[];
  readonly values: Map<string, { readonly path: string; readonly place: Place }>;
  isOn: boolean | undefined;
}

/** The parts of the configuration that matter: comments, assignments, conditions, braces and includes. */
const PART =
  /#[^\n]*|([\w.-]+)\s*(?:\+?=|:=)\s*([^\n#]*)|\$(\w+)\["([\w-]+)"\]\s*(==|=~|!=|!~|=\^|=\$)\s*"((?:\\.|[^"\\])*)"|(\{)|(\})|include\s+"([^"]+)"|\n/g;

/** Reads the output of `lighttpd -p`, or a file of the configuration with the files that it includes. */
export function readLighttpd(path: string, text: string, files: ConfigurationFiles): ServerFindings {
  const reader = new Reader(files);
  reader.read(text, [path]);
  return { server: 'lighttpd', file: path, uses: reader.uses(), remarks: reader.remarks };
}

class Reader {
  readonly remarks: Remark[] = [];
  readonly #files: ConfigurationFiles;
  readonly #guard = new IncludeGuard();
  readonly #blocks: Block[] = [];
  #block: Block = openBlock(undefined);
  /** The condition before the next brace. */
  #condition: { listeners: Listener[]; names: string[] } = { listeners: [], names: [] };

  constructor(files: ConfigurationFiles) {
    this.#files = files;
    this.#blocks.push(this.#block);
  }

  /** Reads the text of the last of the `open` files. Each one of them includes the next. */
  read(text: string, open: readonly string[]): void {
    const file = open.at(-1) ?? '';
    let line = 1;
    for (const match of text.matchAll(PART)) {
      const [whole, key, value = '', variable, index, operator, operand = '', opens, closes, included] =
        match;
      if (whole === '\n') line += 1;
      if (key !== undefined) this.#assign(key, value, { file, line });
      if (variable !== undefined) this.#condition = conditionOf(`${variable}.${index}`, operator, operand);
      if (opens !== undefined) this.#open();
      if (closes !== undefined) this.#block = this.#block.outer ?? this.#block;
      if (included !== undefined) this.#include(included, { file, line }, open);
    }
  }

  uses(): Use[] {
    return this.#blocks.flatMap((block) => usesOf(block));
  }

  #open(): void {
    this.#block = openBlock(this.#block, this.#condition);
    this.#condition = { listeners: [], names: [] };
    this.#blocks.push(this.#block);
  }

  #assign(key: string, value: string, place: Place): void {
    const [, text = '', rest = ''] = /^"((?:\\.|[^"\\])*)"\s*([^\s})]?)/.exec(value) ?? [];
    if (key === 'ssl.engine') this.#block.isOn = text === 'enable';
    if (key === 'server.port' && this.#block.outer === undefined) return;
    if (!/^ssl\.(?:pemfile|ca-file|stapling-file)$/.test(key)) return;
    if (rest === '+' || !value.startsWith('"')) {
      this.remarks.push({
        text: `${place.file}:${place.line}: ${key} = ${quote(value.trim())} is no plain text and cannot be followed`,
        hint: 'give ocspbot the folder with these certificates: ocspbot discover FOLDER',
      });
      return;
    }
    const path = text.replaceAll(/\\(.)/gs, '$1');
    if (path !== '') this.#block.values.set(key, { path: isAbsolute(path) ? path : join('/', path), place });
  }

  #include(pattern: string, { file, line }: Place, open: readonly string[]): void {
    const path = isAbsolute(pattern) ? pattern : join(file, '..', pattern);
    for (const one of this.#files.matching(path)) {
      if (this.#guard.admits(one, open)) this.read(this.#files.read(one) ?? '', [...open, one]);
      else if (this.remarks.length < LIMITS.remarks)
        this.remarks.push({ text: `${file}:${line} includes too much, or itself` });
    }
  }
}

function openBlock(outer: Block | undefined, condition?: { listeners: Listener[]; names: string[] }): Block {
  const { listeners = [], names = [] } = condition ?? {};
  return {
    outer,
    listeners: listeners.length > 0 ? listeners : (outer?.listeners ?? []),
    names: names.length > 0 ? names : (outer?.names ?? []),
    values: new Map(),
    isOn: undefined,
  };
}

function conditionOf(
  what: string,
  operator: string | undefined,
  operand: string,
): { listeners: Listener[]; names: string[] } {
  if (operator !== '==') return { listeners: [], names: [] };
  const listener = what === 'SERVER.socket' ? localListener(operand) : undefined;
  return {
    listeners: listener === undefined ? [] : [listener],
    names: what === 'HTTP.host' ? [operand] : [],
  };
}

/** A block that names a certificate is a use of it. The file of the response is inherited like the certificate. */
function usesOf(block: Block): Use[] {
  const pem = block.values.get('ssl.pemfile');
  if (pem === undefined || valueOf(block, ({ isOn }) => isOn) === false) return [];
  const staple = valueOf(block, ({ values }) => values.get('ssl.stapling-file'))?.path;
  const chain = valueOf(block, ({ values }) => values.get('ssl.ca-file'))?.path;
  return [
    {
      server: 'lighttpd',
      cert: pem.path,
      chains: chain === undefined ? [] : [chain],
      place: pem.place,
      names: block.names,
      listeners: block.listeners,
      staple,
      isStapling: staple !== undefined,
      obstacle: undefined,
    },
  ];
}

function valueOf<T>(block: Block | undefined, take: (block: Block) => T | undefined): T | undefined {
  return block && (take(block) ?? valueOf(block.outer, take));
}
