import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { EXAMPLES } from '../examples/support/machine.js';
import { runOcspbot } from '../support/run.js';
import { documents, ROOT, rowsOf, textOf } from './support/markdown.js';

/** Names that look like keys of the configuration and are those of others: the environment, nginx; and metrics and variables of Ansible begin with `ocspbot_`. */
const NOT_OURS = new Set([...['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'], 'ssl_stapling_file']);

const reference = parse(readFileSync(join(EXAMPLES, 'reference.yaml'), 'utf8')) as Tree;

interface Tree {
  readonly [key: string]: unknown;
}

/** `http.timeout` and `timeout`; what stands below names of somebody's choice counts, too. */
function keysOf(tree: unknown, path: readonly string[] = []): string[] {
  if (Array.isArray(tree)) return tree.flatMap((item) => keysOf(item, path));
  if (typeof tree !== 'object' || tree === null) return [];
  return Object.entries(tree).flatMap(([key, value]) => [
    key,
    [...path, key].join('.'),
    ...keysOf(value, [...path, key]),
  ]);
}

function codeSpans(): (readonly [document: string, code: string])[] {
  return documents().flatMap((document) => {
    const prose = textOf(document).replaceAll(/^```.*?^```$/gms, '');
    return [...prose.matchAll(/`([^`]+)`/g)].map(([, code = '']) => [document, code] as const);
  });
}

test('every key of the configuration that the documents name is one', () => {
  const keys = new Set(keysOf(reference));
  const named = codeSpans()
    .map(([document, code]) => [document, code.split(':', 1)[0] ?? ''] as const)
    .filter(([, name]) => /^(?:[a-z]+(?:_[a-z0-9]+)+|(?:http|backups)\.[a-z_]+)$/.test(name))
    .filter(([, name]) => !NOT_OURS.has(name) && !name.startsWith('ocspbot_'))
    // It names the fields of reports.
    .filter(([document]) => document !== 'docs/reports.md');
  expect(named.length).toBeGreaterThan(30);
  for (const [document, name] of named) expect(keys, document).toContain(name);
});

test('every command and option that the documents name is in the help', async () => {
  const help = async (...args: string[]) => (await runOcspbot([...args, '--help'], { cwd: ROOT })).stdout;
  const overview = await help();
  const commands = [...overview.matchAll(/^(?:usage:)? +ocspbot \[?([a-z]+)\b/gm)].map(
    ([, name = '']) => name,
  );
  const everything = (await Promise.all(commands.map((command) => help(command)))).join(overview);
  const spans = codeSpans().filter(
    ([, code]) => !/^(?:npm|systemctl|chown|journalctl|openssl|kubectl|acme\.sh|lego)/.test(code),
  );
  const options = spans.flatMap(([document, code]) =>
    [...code.matchAll(/(?<![\w-])--[a-z-]+/g)].map(([option]) => [document, option] as const),
  );
  expect(options.length).toBeGreaterThan(15);
  for (const [document, option] of options) expect(everything, document).toContain(` ${option}`);
  const called = spans.flatMap(([document, code]) =>
    [...code.matchAll(/^ocspbot ([a-z]+)\b(?!\.)/g)].map(([, name = '']) => [document, name] as const),
  );
  expect(called.length).toBeGreaterThan(10);
  for (const [document, name] of called) expect(commands, document).toContain(name);
});

test('the limits of networks.md are the defaults of the reference, which has those of the program', () => {
  const reference = readFileSync(join(EXAMPLES, 'reference.yaml'), 'utf8');
  for (const [key = '', value = ''] of rowsOf('docs/networks.md', 'key')) {
    const [name = '', ...sections] = key.split('.').toReversed();
    const section = reference.slice(reference.search(new RegExp(`^${sections[0] ?? name}:`, 'm')));
    const [, text = ''] = new RegExp(`^ *${name}: (\\S+) # default`, 'm').exec(section) ?? [];
    expect(
      value.replace(/ (second|minute)s?$/, (_, unit: string) => unit.charAt(0)),
      key,
    ).toBe(text);
  }
});
