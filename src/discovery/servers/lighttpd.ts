import { isAbsolute, join } from 'node:path';
import { localListener } from '../addresses.js';
import { Includes } from '../includes.js';
import {
  type ConfigurationFiles,
  FOLDER,
  type Listener,
  type Place,
  type Remark,
  type ServerFindings,
  shownPlace,
  type Use,
} from '../model.js';
import { isPattern } from '../patterns.js';
import { type Block, usesOf } from './lighttpd-uses.js';

/** The parts of the configuration that matter: comments, strings, assignments, conditions, braces and includes. */
const PART = new RegExp(
  [
    /#[^\n]*/,
    /(?<![\w.-])(?<key>[\w.-]+)\s*(?:\+?=|:=)(?![=>~])\s*(?:"(?<value>STRING)"(?!\s*\+)|[^\s"(){}#]*)/,
    /\$(?<variable>\w+)\["(?<index>[\w-]+)"\]\s*(?<operator>==|=~|!=|!~|=\^|=\$)\s*"(?<operand>STRING)"/,
    /(?<![\w.-])(?<include>include|include_shell)[ \t]+(?:"(?<included>STRING)"(?!\s*\+)|[^\n#]*)/,
    /"STRING"/,
    /(?<brace>[{}])/,
    /\n/,
  ]
    .map(({ source }) => source.replaceAll('STRING', String.raw`(?:\\.|[^"\\\n])*`))
    .join('|'),
  'g',
);

/** Reads the output of `lighttpd -p`, or a file of the configuration with the files that it includes. */
export function readLighttpd(path: string, text: string, files: ConfigurationFiles): ServerFindings {
  const reader = new Reader(files);
  reader.read(text, [path]);
  return { server: 'lighttpd', file: path, uses: reader.uses(), remarks: reader.remarks() };
}

class Reader {
  readonly #remarks: Remark[] = [];
  readonly #files: ConfigurationFiles;
  readonly #includes = new Includes();
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
    for (const { 0: whole, groups: part = {} } of text.matchAll(PART)) {
      const place = { file, line };
      if (part['key'] !== undefined) this.#assign(part['key'], part['value'], place);
      if (part['variable'] !== undefined) this.#condition = conditionOf(part);
      if (part['brace'] === '{') this.#open();
      if (part['brace'] === '}') this.#block = this.#block.outer ?? this.#block;
      if (part['include'] === 'include') this.#include(part['included'], place, open);
      if (part['include'] === 'include_shell') this.#remarks.push(unread(place));
      line += whole.split('\n').length - 1;
    }
  }

  uses(): Use[] {
    return usesOf(this.#blocks);
  }

  remarks(): Remark[] {
    return [...this.#remarks, ...this.#includes.remarks];
  }

  #open(): void {
    this.#block = openBlock(this.#block, this.#condition);
    this.#condition = { listeners: [], names: [] };
    this.#blocks.push(this.#block);
  }

  /** `value` is the text between the quotation marks; undefined for any other expression. */
  #assign(key: string, value: string | undefined, place: Place): void {
    if (key === 'ssl.engine') this.#block.isOn = value === 'enable';
    if (!/^ssl\.(?:pemfile|ca-file|stapling-file)$/.test(key)) return;
    if (value === undefined) {
      this.#remarks.push(unfollowed(key, place));
      return;
    }
    const path = value.replaceAll(/\\(.)/gs, '$1');
    if (path !== '') this.#block.values.set(key, { path: isAbsolute(path) ? path : join('/', path), place });
  }

  #include(written: string | undefined, place: Place, open: readonly string[]): void {
    if (written === undefined) {
      this.#remarks.push(unfollowed('include', place));
      return;
    }
    const line = { place, written };
    const path = isAbsolute(written) ? written : join(place.file, '..', written);
    for (const one of isPattern(path) ? this.#files.matching(path) : [path]) {
      if (!this.#includes.admits(one, open, line)) continue;
      const text = this.#files.read(one);
      if (text === undefined) this.#includes.lacks(one, line, this.#files.kindOf(one));
      this.read(text ?? '', [...open, one]);
    }
  }
}

function unfollowed(key: string, place: Place): Remark {
  return {
    text: `${shownPlace(place)}: the value of ${key} is not plain text and cannot be followed`,
    hint: FOLDER,
  };
}

function unread(place: Place): Remark {
  return { text: `${shownPlace(place)}: include_shell is not followed`, isHarmless: true };
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

function conditionOf(part: Readonly<Record<string, string | undefined>>): {
  listeners: Listener[];
  names: string[];
} {
  const { variable, index, operator, operand = '' } = part;
  if (operator !== '==') return { listeners: [], names: [] };
  const what = `${variable}.${index}`;
  const listener = what === 'SERVER.socket' ? localListener(operand) : undefined;
  return {
    listeners: listener === undefined ? [] : [listener],
    names: what === 'HTTP.host' ? [operand] : [],
  };
}
