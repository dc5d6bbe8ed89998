import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openTestPki } from '../command/support/test-pki.js';
import { runOcspbot } from '../support/run.js';
import { ROOT, rowsOf } from './support/markdown.js';
import { makeHost, README_CONFIGURATION } from './support/host.js';

const pki = openTestPki();

/** The members of a union of strings, wherever in src it is declared. */
function membersOf(type: string): string[] {
  const declaration = new RegExp(`^export type ${type} =$(.*?);$`, 'ms');
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => declaration.exec(readFileSync(join(ROOT, 'src', name), 'utf8'))?.[1] ?? []);
  expect(sources, `declarations of ${type}`).toHaveLength(1);
  return [...(sources[0] ?? '').matchAll(/^ *\| '([a-z0-9-]+)'/gm)].map(([, name = '']) => name);
}

describe('troubleshooting', () => {
  const rows = rowsOf('docs/troubleshooting.md', 'code');

  test('has each error code of the program once, and no other', () => {
    const codes = [...membersOf('ErrorCode'), ...membersOf('VerificationCode')];
    expect(codes.length).toBeGreaterThan(80);
    expect(rows.map(([code]) => code).toSorted()).toEqual(codes.toSorted());
  });

  test.each([...rows, ...rowsOf('docs/troubleshooting.md', 'symptom')])(
    '%s has a cause and a cure',
    (...cells) => {
      expect(cells).toHaveLength(3);
      for (const cell of cells) expect(cell).not.toBe('');
    },
  );
});

test('checks.md has the checks that verify prints, with their numbers and sections, in its order', async () => {
  const host = makeHost(pki);
  host.configure(README_CONFIGURATION, { 'example.com': 'fresh' });
  const files = '--issuer /etc/ssl/mail.example.com-chain.pem --cert /etc/ssl/example.com.pem';
  const { stdout } = await host.shell(`ocspbot verify /var/lib/ocsp/example.com.ocsp-resp ${files} --json`);
  const { checks } = JSON.parse(stdout) as { checks: { step: number; name: string; section: string }[] };
  const documented = rowsOf('docs/checks.md', 'step').map(([step, name, section]) => ({
    step: Number(step),
    name,
    section,
  }));
  expect(documented).toEqual(checks.map(({ step, name, section }) => ({ step, name, section })));
});

describe('statuses', () => {
  const short = (status = '') => status.replace(', even', '');
  const meant = rowsOf('README.md', 'status').map(([status]) => short(status));

  test('callers.md has those of the README', () => {
    expect(rowsOf('docs/callers.md', 'status').map(([status]) => short(status))).toEqual(meant);
  });

  test('the help has those of the README', async () => {
    const { stdout } = await runOcspbot(['--help'], { cwd: ROOT });
    const [, section = ''] = /exit status of a run:\n((?: {2}.*\n)+)/.exec(stdout) ?? [];
    const told = [...section.matchAll(/^ {2}(\d+(?:–\d+)?)(?:, even)? {2,}/gm)].map(([, status]) => status);
    expect(told).toEqual(meant.filter((status) => /^[\d–]+$/.test(status)));
  });
});
