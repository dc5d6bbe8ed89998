import { dirname, resolve } from 'node:path';
import { quote } from '../../util/text.js';
import { type IncludeLine, Includes } from '../includes.js';
import {
  type ConfigurationFiles,
  FOLDER,
  type Listener,
  type Place,
  type Remark,
  shownPlace,
  type ServerFindings,
  type Use,
} from '../model.js';

interface Option {
  readonly value: string;
  readonly place: Place;
}

const SMTP: Listener = { host: '127.0.0.1', port: 25, starttls: 'smtp' };

/**
 * Reads the output of `exim -bP tls_certificate tls_ocsp_file …`, or a file of the configuration with the files that it
 * includes. Values may be lists and expansions (Exim specification, §6.20 and §11).
 */
export function readExim(path: string, text: string, files: ConfigurationFiles): ServerFindings {
  const reader = new OptionReader(files);
  reader.read(text, [path]);
  const { options } = reader;
  const remarks: Remark[] = [];
  const certificates = listIn(options.get('tls_certificate'), remarks);
  const staples = stapleFiles(listIn(options.get('tls_ocsp_file'), remarks));
  const name = options.get('primary_hostname')?.value;
  const uses = certificates.map((cert, index): Use => {
    const staple = staples[index];
    return {
      server: 'exim',
      cert,
      chains: [],
      place: options.get('tls_certificate')?.place ?? { file: path, line: 1 },
      names: name?.includes('.') === true ? [name] : [],
      listeners: [SMTP],
      staple: staple?.path,
      format: staple?.format,
      isStapling: staple !== undefined,
      obstacle: undefined,
      listed: certificates,
    };
  });
  return { server: 'exim', file: path, uses, remarks: [...reader.includes.remarks, ...remarks] };
}

type StapleFile = { readonly path: string } & Pick<Use, 'format'>;

/** A word before a file says its form, also of the files after it (Exim with GnuTLS); DER is the first one. */
function stapleFiles(items: readonly string[]): StapleFile[] {
  let format: Use['format'];
  return items.map((item) => {
    const [, word, path = item] = /^(?:(PEM|DER) )?(.*)$/s.exec(item) ?? [];
    if (word !== undefined) format = word === 'PEM' ? 'pem-chain' : undefined;
    return { path, format };
  });
}

const OPTION = /^\s*(?:hide\s+)?(tls_certificate|tls_ocsp_file|primary_hostname)\s*=\s*(.*?)\s*$/s;
const MACRO = /^\s*([A-Z][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/s;
const INCLUDE = /^\s*\.include(_if_exists)?\s+"?([^"\s]+)"?/;

/** Reads the options of the main section. Conditions are not judged: a macro that is set somewhere counts. */
class OptionReader {
  readonly options = new Map<string, Option>();
  readonly includes = new Includes();
  readonly #macros = new Map<string, string>();
  readonly #files: ConfigurationFiles;

  constructor(files: ConfigurationFiles) {
    this.#files = files;
  }

  /** Reads the text of the last of the `open` files. Each one of them includes the next. */
  read(content: string, open: readonly string[]): void {
    const file = open.at(-1) ?? '';
    for (const { line, text } of logicalLines(content)) {
      const place = { file, line };
      const [, name, value] = OPTION.exec(text) ?? [];
      const [, macro, meaning] = MACRO.exec(text) ?? [];
      const [, ifExists, included] = INCLUDE.exec(text) ?? [];
      if (name !== undefined && value !== undefined)
        this.options.set(name, { value: this.#expanded(unquoted(value)), place });
      else if (macro !== undefined && meaning !== undefined) this.#macros.set(macro, this.#expanded(meaning));
      else if (included !== undefined)
        this.#include({ place, written: this.#expanded(included) }, ifExists !== undefined, open);
    }
  }

  #include(line: IncludeLine, isOptional: boolean, open: readonly string[]): void {
    const path = resolve(dirname(line.place.file), line.written);
    if (!this.includes.admits(path, open, line)) return;
    const content = this.#files.read(path);
    const kind = content === undefined ? this.#files.kindOf(path) : 'file';
    if (content !== undefined) this.read(content, [...open, path]);
    else if (!isOptional || kind !== 'absent') this.includes.lacks(path, line, kind);
  }

  /** Replaces macros, which are set before they are used. */
  #expanded(value: string): string {
    return value.replaceAll(/\b[A-Z][A-Za-z0-9_]*\b/g, (word) => this.#macros.get(word) ?? word);
  }
}

/** Joins lines that end with a backslash, and leaves comments out. */
function logicalLines(text: string): { readonly line: number; readonly text: string }[] {
  const joined: { line: number; text: string }[] = [];
  let isOpen = false;
  for (const [index, raw] of text.split('\n').entries()) {
    if (/^\s*#/.test(raw)) continue;
    const last = isOpen ? joined.at(-1) : undefined;
    isOpen = /\\\s*$/.test(raw);
    const content = raw.replace(/\\\s*$/, '');
    if (last === undefined) joined.push({ line: index + 1, text: content });
    else last.text += content.trimStart();
  }
  return joined;
}

function unquoted(value: string): string {
  return /^".*"$/s.test(value) ? value.slice(1, -1).replaceAll(/\\(.)/gs, '$1') : value;
}

/** Splits a list, whose separator is a colon, or another one after `<`. */
function listIn(option: Option | undefined, remarks: Remark[]): string[] {
  if (option === undefined || option.value === '') return [];
  const { value, place } = option;
  if (value.includes('$')) {
    remarks.push({
      text: `${shownPlace(place)}: ${quote(value)} depends on the connection and cannot be followed`,
      hint: FOLDER,
    });
    return [];
  }
  const [, separator = ':', list = value] = /^<(.)\s*(.*)$/s.exec(value) ?? [];
  const items = list.split(separator).map((item) => item.trim());
  return items.filter((item) => item.replace(/^(?:PEM|DER) /, '').startsWith('/'));
}
