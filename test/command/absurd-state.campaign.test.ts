import { expect, test } from 'vitest';
import { byExtent, CAMPAIGN_TIMEOUT, SEED } from '../support/campaign.js';
import { openTestPki } from './support/test-pki.js';
import { DAY, HOUR } from './support/times.js';
import { makeWorkspace } from './support/workspace.js';

const pki = openTestPki();

/** Values that each have the right type, and that no run has written. */
const NUMBERS: readonly string[] = [
  '-1',
  '0.5',
  '1e15',
  '9007199254740991',
  '8640000000000001',
  '-8640000000000001',
  '1e308',
  '1e999',
  '-1e999',
];
const TEXTS: readonly string[] = [
  '',
  'NaN',
  '\u0000',
  '\u001b[31m',
  '__proto__',
  '9999-99-99',
  'x'.repeat(5000),
];

/** One of so many cases is tried; another one with another OCSPBOT_SEED. */
const EVERY = byExtent({ sample: 30, long: 6, all: 1 });

/** Replaces each value of a type in a JSON text. `schema` stays, because another version is not read at all. */
function replaced(text: string, type: 'number' | 'string', by: string): string {
  const isReplaced = (key: string, value: unknown) =>
    typeof value === type && !['schema', 'state', 'about', 'severity', 'before'].includes(key);
  const marked = JSON.stringify(JSON.parse(text), (key, value: unknown) =>
    isReplaced(key, value) ? '@value' : value,
  );
  return marked.replaceAll('"@value"', type === 'number' ? by : JSON.stringify(by));
}

/** A state folder in which each file has content: a failed attempt, a wait, a pending reload, and a change that waits to be told. */
async function makeState() {
  const workspace = makeWorkspace(pki);
  const { certificate, file } = workspace.add('a.example', {
    certificate: { ocspUrls: ['http://127.0.0.1:1/'] },
    entry: { services: ['web'] },
  });
  workspace.sandbox.write(file, pki.response(certificate, -6 * DAY, HOUR));
  const services = { web: { exit_bit: 2 } };
  workspace.configure({ http: { attempts: 1 }, services, notify: { command: ['false'] } });
  await workspace.run();
  await workspace.runCommand('owe', 'web', '--config', 'ocspbot.yaml');
  const { sandbox } = workspace;
  const [folder] = sandbox.list('ocsp/.ocspbot').map((name) => `ocsp/.ocspbot/${name}`);
  const files = new Map(
    sandbox
      .list(folder as string)
      .map((name) => [`${folder}/${name}`, Buffer.from(sandbox.read(`${folder}/${name}`)).toString()]),
  );
  return { ...workspace, files };
}

const COMMANDS = [
  ['refresh', 'ocspbot.yaml'],
  ['status', 'ocspbot.yaml', '--json'],
  ['status', 'ocspbot.yaml'],
  ['status', 'ocspbot.yaml', '--html', 'page.html'],
  ['status', 'ocspbot.yaml', '--prometheus'],
  ['check', 'ocspbot.yaml'],
  ['explain', 'a.example', '--config', 'ocspbot.yaml'],
];

test('no absurd value in the state folder is a fault', { timeout: CAMPAIGN_TIMEOUT }, async () => {
  const { files, sandbox, runCommand } = await makeState();
  expect([...files.keys()].map((path) => path.replace(/^.*\/|\d+$|-[0-9a-f]+\.json$/g, ''))).toEqual(
    expect.arrayContaining(['attempts.json', 'notifications.json', 'responders.json', 'lock-']),
  );
  const values = [
    ...NUMBERS.map((value) => ['number', value] as const),
    ...TEXTS.map((value) => ['string', value] as const),
  ];
  const cases = values.flatMap(([type, value]) =>
    [...files].flatMap(([path, text]) =>
      COMMANDS.map((command) => ({ command, path, content: replaced(text, type, value), value })),
    ),
  );
  const chosen = cases.filter((_, index) => (index + SEED) % EVERY === 0);
  for (const { command, path, content, value } of chosen) {
    for (const [name, before] of files) sandbox.write(name, before);
    sandbox.write(path, content);
    const { status, stdout, stderr } = await runCommand(...command);
    const what = `${command.join(' ')}, with ${JSON.stringify(value)} in ${path}: ${stderr}`;
    expect(status, what).not.toBe(70);
    expect(stdout + stderr, what).not.toMatch(/RangeError|TypeError|Invalid time/);
  }
});
