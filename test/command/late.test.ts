import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { buildRequest } from '../../src/ocsp/request.js';
import { PROGRAM } from '../support/run.js';
import { makeSetting, type Setting } from './support/setting.js';
import { openStage } from './support/stage.js';

const stage = openStage();

/** What build/late.mjs puts into the program as text. */
const LATE = ['execa', 'luxon', 'pkijs'];

interface Profile {
  readonly nodes: readonly { readonly callFrame: { readonly url: string } }[];
}

/** Those of which something ran, as Node's own profiler saw it. */
async function compiled({ sandbox }: Setting, ...args: readonly string[]): Promise<string[]> {
  const profiler = ['--cpu-prof', '--cpu-prof-interval', '100', '--cpu-prof-dir', 'profile'];
  await execa(process.execPath, [...profiler, PROGRAM, 'ocspbot.yaml', ...args], {
    cwd: sandbox.folder,
    reject: false,
  });
  const [name = ''] = sandbox.list('profile');
  const { nodes } = JSON.parse(readFileSync(sandbox.path(`profile/${name}`), 'utf8')) as Profile;
  const urls = new Set(nodes.map(({ callFrame }) => callFrame.url));
  return LATE.filter((late) => urls.has(late));
}

test('nothing is due: none of them', async () => {
  const setting = makeSetting(stage);
  setting.add('example.com', { staple: 'fresh' });
  setting.configure();
  expect(await compiled(setting)).toEqual([]);
});

test('something is fetched: what asks', async () => {
  const setting = makeSetting(stage);
  setting.add('example.com');
  setting.configure();
  expect(await compiled(setting)).toEqual(['pkijs']);
});

test('a service is reloaded: also what runs programs', async () => {
  const setting = makeSetting(stage);
  setting.add('example.com', { entry: { services: ['nginx'] } });
  setting.configure({ services: { nginx: { reload: ['true'] } } });
  expect(await compiled(setting, '--reload')).toEqual(['execa', 'pkijs']);
});

test('a time is given by hand: what reads it', async () => {
  const setting = makeSetting(stage);
  setting.add('example.com', { staple: 'fresh' });
  setting.configure();
  expect(await compiled(setting, '--now', new Date().toISOString())).toEqual(['luxon']);
});

/** Half of pkijs is left out of the program: what is asked must not be another question for it. */
test.each(['sha1', 'sha256'] as const)(
  'what is asked is what the sources build: %s',
  async (hashAlgorithm) => {
    const setting = makeSetting(stage);
    const { certificate } = setting.add('example.com');
    setting.configure({ http: { hash: hashAlgorithm, nonce: true, method: 'post' } });
    await setting.run();
    const [question] = stage.requestsFor(certificate).map((request) => request.question!);
    const { issuerNameHash, issuerKeyHash, serial: serialNumber, nonce, der } = question!;
    const certId = { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber };
    expect(nonce).toHaveLength(32);
    expect(Buffer.from(der)).toEqual(Buffer.from(buildRequest({ certId, nonce })));
  },
);
