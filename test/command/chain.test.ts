import { expect, onTestFinished, test } from 'vitest';
import { makeAuthority, makeCertificate, makeResponse, type TestCertificate } from '../support/ca.js';
import { makeKey } from '../support/keys.js';
import { startResponder, type Responder } from '../support/responder.js';
import { runOcspbot } from '../support/run.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { outcomesOf, reportOf } from './support/report.js';
import { DAY, HOUR, MINUTE, NOW } from './support/times.js';

const NAME = 'mail.example.com';

interface Chain {
  readonly sandbox: Sandbox;
  readonly root: TestCertificate;
  readonly intermediate: TestCertificate;
  readonly leaf: TestCertificate;
  /** The responder about the intermediate, and that about the leaf. */
  readonly above: Responder;
  readonly own: Responder;
  configure(entry?: Readonly<Record<string, unknown>>, keys?: Readonly<Record<string, unknown>>): void;
  run(...args: readonly string[]): ReturnType<typeof runOcspbot>;
  /** The responses in the file, in PEM. */
  blocks(): readonly Buffer[];
  /** Makes a response about the leaf or the intermediate. */
  response(of: 'leaf' | 'intermediate', from: number, until: number): Uint8Array;
}

/** The full chain of a server with `format: pem-chain`. */
async function makeChain(options: { readonly ocspUrls?: readonly string[] } = {}): Promise<Chain> {
  const { root, intermediate: issuing } = makeAuthority();
  const above = await startResponder({ issuers: [root] });
  const ocspUrls = options.ocspUrls ?? [above.url];
  const intermediate = makeCertificate({
    subject: 'Issuing',
    issuer: root,
    key: issuing.key,
    ca: true,
    ocspUrls,
  });
  const own = await startResponder({ issuers: [intermediate] });
  onTestFinished(() => Promise.all([above.close(), own.close()]).then(() => undefined));
  const leaf = makeCertificate({ subject: NAME, issuer: intermediate, ocspUrls: [own.url] });
  const sandbox = makeSandbox();
  sandbox.write('chain.pem', leaf.pem + intermediate.pem);
  sandbox.write('root.pem', root.pem);
  const entry = { cert: 'chain.pem', rootchain: 'root.pem', ocsp: 'chain.ocsp', format: 'pem-chain' };
  const configure: Chain['configure'] = (own = {}, keys = {}) =>
    sandbox.writeConfiguration({ ocsp_folder: '.', ...keys, domains: { [NAME]: { ...entry, ...own } } });
  configure();
  return {
    ...{ sandbox, root, intermediate, leaf, above, own, configure },
    run: (...args) => runOcspbot(args, { cwd: sandbox.folder }),
    blocks: () => blocksIn(sandbox.text('chain.ocsp')),
    response: (of, from, until) =>
      makeResponse({
        ...(of === 'leaf'
          ? { issuer: intermediate, certificate: leaf }
          : { issuer: root, certificate: intermediate }),
        ...{ thisUpdate: NOW + from, nextUpdate: NOW + until },
      }),
  };
}

function blocksIn(text: string): Buffer[] {
  const found = text.matchAll(/-----BEGIN OCSP RESPONSE-----\n(.*?)-----END/gs);
  return [...found].map(([, body = '']) => Buffer.from(body, 'base64'));
}

function toPem(...responses: readonly Uint8Array[]): string {
  const blocks = responses.map((der) => Buffer.from(der).toString('base64'));
  return blocks
    .map((body) => `-----BEGIN OCSP RESPONSE-----\n${body}\n-----END OCSP RESPONSE-----\n`)
    .join('');
}

test('a file that its server does not take is not a staple: nobody is told that all is well until a run rewrites it', async () => {
  const { run, configure, response, sandbox } = await makeChain();
  const leaf = response('leaf', -HOUR, 3 * DAY);
  const expired = response('intermediate', -3 * DAY, -HOUR);
  for (const [format, content, said, reason, cause] of [
    [
      'pem-chain',
      leaf,
      'the staple in place is in DER, and "format: pem-chain" stands for PEM',
      'format',
      'the old one was in the other format',
    ],
    [
      'der',
      toPem(leaf),
      'the staple in place is in PEM, and the server reads DER',
      'format',
      'the old one was in the other format',
    ],
    // GnuTLS takes nothing of a file with one such response.
    [
      'pem-chain',
      toPem(leaf, expired),
      'the file in place also has a response that is not good for an issuer, so the server may take none of it',
      'issuer-response',
      'the responses about its issuers were renewed',
    ],
  ] as const) {
    configure({ format });
    sandbox.write('chain.ocsp', content);
    const before = sandbox.snapshot();
    const checked = await run('check', 'ocspbot.yaml', '--run-warning', 'off');
    expect(checked.status).toBe(2);
    expect(checked.stdout).toContain(`${NAME}: missing: ${said} | `);
    const status = await run('status', 'ocspbot.yaml', '--json');
    expect(JSON.parse(status.stdout)).toMatchObject({
      status: 32,
      certificates: [{ state: 'missing', action: 'rewrite', reason }],
    });
    expect((await run('status', 'ocspbot.yaml')).stdout).toMatch(/missing +- +rewrites it/);
    const explained = await run('explain', NAME, 'ocspbot.yaml');
    expect(explained.status).toBe(32);
    expect(explained.stdout).toContain(
      `\nstaple       usable, in ${sandbox.path('chain.ocsp')}, but: ${said}\n`,
    );
    const explanation = await run('explain', NAME, 'ocspbot.yaml', '--json');
    expect(explanation.status).toBe(32);
    expect(JSON.parse(explanation.stdout)).toMatchObject({ staple: { state: 'usable', objection: said } });
    expect(sandbox.snapshot()).toEqual(before);
    const rewritten = await run('ocspbot.yaml');
    expect(rewritten).toMatchObject({ status: 2, stderr: '' });
    expect(rewritten.stdout).toContain(`updated         ${cause}; good until `);
    expect((await run('check', 'ocspbot.yaml')).status).toBe(0);
    expect((await run('explain', NAME, 'ocspbot.yaml')).status).toBe(0);
  }
});

test('a change of the format rewrites the response in place, also while no responder answers', async () => {
  const { run, configure, blocks, sandbox, own, above, leaf } = await makeChain();
  configure({ format: 'der' });
  await run('ocspbot.yaml');
  const der = sandbox.read('chain.ocsp');
  own.set('stall', leaf);
  const asked = own.requests.length;

  configure();
  expect(await run('ocspbot.yaml')).toMatchObject({ status: 2, stderr: '' });
  expect(blocks()).toHaveLength(2);
  expect(blocks()[0]).toEqual(Buffer.from(der));
  configure({ format: 'der' });
  expect(await run('ocspbot.yaml')).toMatchObject({ status: 2, stderr: '' });
  expect(sandbox.read('chain.ocsp')).toEqual(der);
  expect(own.requests).toHaveLength(asked);
  expect(above.requests).toHaveLength(1);
  expect(await run('ocspbot.yaml')).toMatchObject({ status: 0, stderr: '' });
});

test('a missing response about the intermediate is asked for alone, and after a failure only when its time has come', async () => {
  const { run, blocks, own, above, intermediate } = await makeChain();
  above.set('unauthorized', intermediate);
  expect(await run('ocspbot.yaml')).toMatchObject({ status: 2 });
  expect(blocks()).toHaveLength(1);
  const asked = [own.requests.length, above.requests.length];
  expect(await run('ocspbot.yaml')).toMatchObject({ status: 0, stderr: '' });
  expect(outcomesOf(reportOf(await run('ocspbot.yaml', '--json')))).toEqual({ [NAME]: 'unchanged fresh' });
  expect([own.requests.length, above.requests.length]).toEqual(asked);
  const explained = await run('explain', NAME, 'ocspbot.yaml');
  expect(explained.stdout).toContain('besides      no response about "Issuing"');
  expect(explained.stdout).toContain('a run now would keep the response, and renew those about the issuers');
});

test('a responder that stalls about the intermediate is waited for once', async () => {
  const { run, blocks, configure, above, intermediate } = await makeChain();
  configure({}, { http: { timeout: '1s' } });
  above.set('stall', intermediate);
  expect(await run('ocspbot.yaml')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('within 1 s'),
  });
  expect(blocks()).toHaveLength(1);
  expect(above.requests).toHaveLength(1);
});

test('a response about the intermediate is replaced by none that is older', async () => {
  const { run, blocks, sandbox, above, intermediate, response } = await makeChain();
  const newer = response('intermediate', -HOUR, 4 * DAY);
  sandbox.write('chain.ocsp', toPem(response('leaf', -3 * DAY, HOUR), newer));
  above.set({ kind: 'bytes', bytes: response('intermediate', -2 * HOUR, 3 * DAY) }, intermediate);
  expect(await run('ocspbot.yaml')).toMatchObject({ status: 2 });
  expect(blocks()[1]).toEqual(Buffer.from(newer));
});

test('a response about the intermediate that ends before the next run is taken out: with it GnuTLS would take nothing', async () => {
  const { run, blocks, sandbox, above, intermediate, response } = await makeChain();
  const leaf = response('leaf', -HOUR, 4 * DAY);
  sandbox.write('chain.ocsp', toPem(leaf, response('intermediate', -3 * DAY, 80 * MINUTE)));
  above.set('unauthorized', intermediate);
  const taken = await run('ocspbot.yaml');
  expect(taken).toMatchObject({ status: 2, stderr: expect.stringContaining('no response about the issuer') });
  expect(blocks()).toEqual([Buffer.from(leaf)]);

  above.set({ kind: 'bytes', bytes: response('intermediate', -HOUR, 80 * MINUTE) }, intermediate);
  const short = await run('ocspbot.yaml', '--force');
  expect(short).toMatchObject({ status: 2, stderr: expect.stringContaining('ends before the next run') });
  expect(blocks()).toHaveLength(1);
});

test('a revoked intermediate needs attention in status, check, metrics and page, too, until the certificate is another one', async () => {
  const { run, configure, above, intermediate, root, sandbox } = await makeChain();
  configure({}, { html_file: 'page.html', metrics_file: 'ocspbot.prom' });
  above.set('revoked', intermediate);
  for (const status of [34, 32]) {
    expect((await run('ocspbot.yaml')).status).toBe(status);
    const checked = await run('check', 'ocspbot.yaml', '--run-warning', 'off');
    expect(checked).toMatchObject({
      status: 2,
      stdout: expect.stringContaining(`${NAME}: revoked: the certificate of an issuer is revoked`),
    });
    expect((await run('status', 'ocspbot.yaml')).status).toBe(32);
    expect(sandbox.text('page.html')).toContain('1 certificate needs attention');
    expect(sandbox.text('ocspbot.prom')).toMatch(/^ocspbot_certificate_attention\{.*\} 1$/m);
  }
  const other = makeCertificate({ subject: NAME, issuer: root, ocspUrls: [above.url] });
  sandbox.write('chain.pem', other.pem);
  expect((await run('ocspbot.yaml')).status).toBe(2);
  expect((await run('check', 'ocspbot.yaml')).status).toBe(0);
});

test('a revoked intermediate needs attention in each run that asks, and does not hold up the leaf', async () => {
  const { run, blocks, above, intermediate, sandbox } = await makeChain();
  above.set('revoked', intermediate);
  for (const status of [34, 32]) {
    const revoked = await run('ocspbot.yaml');
    expect(revoked).toMatchObject({ status, stderr: expect.stringContaining('issuer "Issuing" is revoked') });
    expect(revoked.stdout).toContain('needs attention: 1 with a revoked issuer');
  }
  const [outcome] = reportOf(await run('ocspbot.yaml', '--json')).certificates;
  expect(outcome).toMatchObject({ outcome: 'unchanged', urgency: 'person' });
  expect(outcome?.warnings).toEqual([expect.stringContaining('is revoked')]);
  expect(blocks()).toHaveLength(1);
  expect(sandbox.exists('chain.ocsp')).toBe(true);
});

test('the responder that "issuers" names for a root is asked about the intermediates of this root', async () => {
  const { run, blocks, configure, above } = await makeChain({ ocspUrls: [] });
  expect(await run('ocspbot.yaml')).toMatchObject({ status: 2, stderr: '' });
  expect(blocks()).toHaveLength(1);
  configure({}, { issuers: { root: { cert: 'root.pem', ocsp_responder_uri: above.url } } });
  expect(await run('ocspbot.yaml')).toMatchObject({ status: 2, stderr: '' });
  expect(blocks()).toHaveLength(2);
});

test.each<[name: string, files: (chain: Chain) => Readonly<Record<string, string>>, blocks: number]>([
  [
    'in another order',
    ({ leaf, intermediate, root }) => ({ 'chain.pem': leaf.pem + root.pem + intermediate.pem }),
    2,
  ],
  ['twice', ({ leaf, intermediate }) => ({ 'chain.pem': leaf.pem + intermediate.pem + intermediate.pem }), 2],
  [
    'in a newer form that the server does not send',
    ({ leaf, intermediate, root }) => ({
      'chain.pem': leaf.pem + intermediate.pem,
      'root.pem':
        makeCertificate({
          subject: 'Issuing',
          issuer: root,
          key: intermediate.key,
          ca: true,
          notAfter: intermediate.notAfter + DAY,
        }).pem + root.pem,
    }),
    2,
  ],
  [
    'only in rootchain',
    ({ leaf, intermediate, root }) => ({ 'chain.pem': leaf.pem, 'root.pem': intermediate.pem + root.pem }),
    1,
  ],
])('the server sends the intermediate %s', async (_, files, count) => {
  const chain = await makeChain();
  for (const [path, text] of Object.entries(files(chain))) chain.sandbox.write(path, text);
  expect(await chain.run('ocspbot.yaml')).toMatchObject({ status: 2, stderr: '' });
  expect(chain.blocks()).toHaveLength(count);
});

test('validate warns of what the file would not have', async () => {
  const { run, sandbox, configure, leaf, intermediate, root } = await makeChain();
  expect(await run('validate', 'ocspbot.yaml')).toMatchObject({ status: 0, stderr: '' });
  configure({ rootchain: undefined });
  expect((await run('validate', 'ocspbot.yaml')).stderr).toContain(
    'its issuer is not known, name "rootchain"',
  );
  configure();
  sandbox.write('chain.pem', leaf.pem);
  sandbox.write('root.pem', intermediate.pem + root.pem);
  expect((await run('validate', 'ocspbot.yaml')).stderr).toContain(
    'neither "cert" nor "chain" has an intermediate',
  );
});

test('CAs that certify each other are followed once', async () => {
  const chain = await makeChain();
  const { leaf, intermediate, root, above, sandbox } = chain;
  const crossed = makeCertificate({
    subject: root.name,
    issuer: intermediate,
    key: root.key,
    ca: true,
    ocspUrls: [above.url],
  });
  sandbox.write('chain.pem', leaf.pem + intermediate.pem + crossed.pem);
  chain.configure({ rootchain: undefined });
  const run = await chain.run('ocspbot.yaml');
  expect(run.status).toBe(2);
  expect(chain.blocks()).toHaveLength(2);
});

test('files in this format cannot be shared', async () => {
  const { run, sandbox, intermediate } = await makeChain();
  const other = makeCertificate({ subject: NAME, issuer: intermediate, key: makeKey('rsa-2048', 'chain') });
  sandbox.write('other.pem', other.pem + intermediate.pem);
  const entry = { cert: 'chain.pem', ocsp: 'chain.ocsp', format: 'pem-chain' };
  sandbox.writeConfiguration({
    ocsp_folder: '.',
    domains: { one: entry, two: { ...entry, cert: 'other.pem' } },
  });
  const refused = await run('ocspbot.yaml');
  expect(refused).toMatchObject({ status: 78, stderr: expect.stringContaining('is for one certificate') });
});

test('a file of another machine is installed with all its responses, and a rollback restores all of a backup', async () => {
  const { run, blocks, configure, sandbox, above, intermediate, response } = await makeChain();
  configure({}, { make_backups: true });
  const [old, issuer] = [response('leaf', -2 * HOUR, 3 * DAY), response('intermediate', -HOUR, 3 * DAY)];
  sandbox.write('copy.ocsp', toPem(old, issuer));
  const given = ['--cert', 'chain.pem', '--issuer', 'chain.pem'];
  expect(await run('verify', 'copy.ocsp', ...given)).toMatchObject({ status: 0, stderr: '' });
  expect(await run('install', 'copy.ocsp', 'ocspbot.yaml')).toMatchObject({ status: 2, stderr: '' });
  expect(blocks()).toEqual([old, issuer].map((one) => Buffer.from(one)));

  // A later run finds that the intermediate's response is no longer there.
  sandbox.write('chain.ocsp', toPem(old, issuer));
  above.set('unauthorized', intermediate);
  sandbox.write('newer.ocsp', response('leaf', -HOUR, 3 * DAY));
  expect(await run('install', 'newer.ocsp', 'ocspbot.yaml')).toMatchObject({ status: 2 });
  sandbox.write('chain.ocsp', toPem(response('leaf', -HOUR, 3 * DAY)));
  expect(await run('rollback', NAME, 'ocspbot.yaml')).toMatchObject({ status: 2, stderr: '' });
  expect(blocks()).toEqual([old, issuer].map((one) => Buffer.from(one)));
});
