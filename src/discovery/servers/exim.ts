import { quote } from '../../util/text.js';
import { IncludeGuard } from '../includes.js';
import type { ConfigurationFiles, Listener, Place, Remark, ServerFindings, Use } from '../model.js';

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
  const remarks: Remark[] = [];
  const options = optionsIn(path, text, files);
  const certificates = listIn(options.get('tls_certificate'), remarks);
  const staples = listIn(options.get('tls_ocsp_file'), remarks);
  const name = options.get('primary_hostname')?.value;
  const uses = certificates.map((cert, index): Use => {
    const staple = staples[index]?.replace(/^(?:PEM|DER) /, '');
    return {
      server: 'exim',
      cert,
      chains: [],
      place: options.get('tls_certificate')?.place ?? { file: path, line: 1 },
      names: name?.includes('.') === true ? [name] : [],
      listeners: [SMTP],
      staple,
      isStapling: staple !== undefined,
      obstacle: undefined,
    };
  });
  return { server: 'exim', file: path, uses, remarks };
}

const OPTION = /^\s*(?:hide\s+)?(tls_certificate|tls_ocsp_file|primary_hostname)\s*=\s*(.*?)\s*$/s;
const MACRO = /^\s*([A-Z][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/s;
const INCLUDE = /^\s*\.include(?:_if_exists)?\s+"?([^"\s]+)"?/;

/** Reads the options of the main section. Conditions are not judged: a macro that is set somewhere counts. */
function optionsIn(path: string, text: string, files: ConfigurationFiles): Map<string, Option> {
  const options = new Map<string, Option>();
  const macros = new Map<string, string>();
  const guard = new IncludeGuard();
  const read = (content: string, open: readonly string[]): void => {
    const file = open.at(-1) ?? '';
    for (const { line, text: logical } of logicalLines(content)) {
      const [, name, value] = OPTION.exec(logical) ?? [];
      const [, macro, meaning] = MACRO.exec(logical) ?? [];
      const [, included] = INCLUDE.exec(logical) ?? [];
      if (name !== undefined && value !== undefined)
        options.set(name, { value: expanded(unquoted(value), macros), place: { file, line } });
      else if (macro !== undefined && meaning !== undefined) macros.set(macro, expanded(meaning, macros));
      else if (included !== undefined)
        for (const one of files.matching(included).filter((path) => guard.admits(path, open)))
          read(files.read(one) ?? '', [...open, one]);
    }
  };
  read(text, [path]);
  return options;
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

/** Replaces macros, which are set before they are used. */
function expanded(value: string, macros: ReadonlyMap<string, string>): string {
  return value.replaceAll(/\b[A-Z][A-Za-z0-9_]*\b/g, (word) => macros.get(word) ?? word);
}

/** Splits a list, whose separator is a colon, or another one after `<`. */
function listIn(option: Option | undefined, remarks: Remark[]): string[] {
  if (option === undefined || option.value === '') return [];
  const { value, place } = option;
  if (value.includes('$')) {
    remarks.push({
      text: `${place.file}:${place.line}: ${quote(value)} depends on the connection and cannot be followed`,
      hint: 'give ocspbot the folder with these certificates: ocspbot discover FOLDER',
    });
    return [];
  }
  const [, separator = ':', list = value] = /^<(.)\s*(.*)$/s.exec(value) ?? [];
  const items = list.split(separator).map((item) => item.trim());
  return items.filter((item) => item.replace(/^(?:PEM|DER) /, '').startsWith('/'));
}
