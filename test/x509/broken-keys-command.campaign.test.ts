import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { readCertificate } from '../../src/x509/certificate.js';
import { DerError } from '../../src/x509/der.js';
import { CAMPAIGN_TIMEOUT } from '../support/campaign.js';
import { NODES } from '../support/nodes.js';
import { ONE_FILE } from '../support/run.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { keysToTry, NOTORIOUS } from './support/broken-keys/all.js';
import type { BrokenKey } from './support/broken-keys/broken-key.js';
import { authority, type Hostile, hostileOf, leaf, pem } from './support/hostile.js';

/** Entries of one configuration. */
const BATCH = 500;
interface Item extends Hostile {
  readonly name: string;
  /** The key in hexadecimal digits. */
  readonly id: string;
}

let items: readonly Item[];
let notorious: readonly Item[];

beforeAll(() => {
  const all = keysToTry({ sample: 50, long: 60, all: 1000 }, { sample: 60, long: 12, all: 1 }).map(toItem);
  notorious = all.filter(({ name }) => NOTORIOUS.includes(name));
  // Each issuer may be named once.
  items = [...new Map(all.filter(isReadable).map((item) => [item.id, item])).values()];
}, CAMPAIGN_TIMEOUT);

function toItem(key: BrokenKey): Item {
  return { name: key.name, id: Buffer.from(key.spki).toString('hex'), ...hostileOf(key) };
}

/** A file of the administrator that holds no certificate is another matter. */
function isReadable({ otherIssuer }: Item): boolean {
  try {
    return readCertificate(otherIssuer).der.length > 0;
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return false;
  }
}

describe.each(NODES)('broken keys for the program, run by Node $version', ({ path }) => {
  const run = async (sandbox: Sandbox, ...words: string[]) => {
    const result = await execa(path, [ONE_FILE, ...words], { cwd: sandbox.folder, reject: false, all: true });
    const { exitCode: status, signal, all } = result;
    if (signal !== undefined) throw new Error(`ocspbot ${words.join(' ')} ended with ${signal}: ${all}`);
    return { status, all };
  };

  test(
    'in `chain`, `issuers`, `trusted_responders` and in the staples in place',
    async () => {
      for (let at = 0; at < items.length; at += BATCH) {
        const batch = items.slice(at, at + BATCH);
        const sandbox = configure(batch);
        const { status, all } = await run(sandbox, 'bot.yaml', '--dry-run');
        expect(all).toContain(`${batch.length} certificates: `);
        expect(all).not.toContain('internal');
        expect([0, 32]).toContain(status);
        sandbox.dispose();
      }
    },
    CAMPAIGN_TIMEOUT,
  );

  test(
    'in answers that are given to `install`',
    async () => {
      for (let at = 0; at < items.length; at += BATCH) {
        const sandbox = configure([]);
        for (const [index, { responses, forged }] of items.slice(at, at + BATCH).entries()) {
          for (const [which, der] of [...responses, forged].entries())
            sandbox.write(`given/${index}-${which}.der`, der);
        }
        const { status, all } = await run(sandbox, 'install', 'given', '--config', 'bot.yaml');
        expect(all).toContain('1 certificate: 1 failed');
        expect(status).toBe(32);
        expect(sandbox.exists('ocsp/sound.ocsp')).toBe(false);
        sandbox.dispose();
      }
    },
    CAMPAIGN_TIMEOUT,
  );

  test.each(NOTORIOUS)('%s: `explain` and `verify`', async (name) => {
    const [item] = notorious.filter((one) => one.name === name) as [Item];
    const sandbox = configure([item]);
    const explained = await run(sandbox, 'explain', 'c0', 'bot.yaml');
    expect(explained).toMatchObject({ status: 32, all: expect.stringContaining('failed      signature: ') });
    const question = ['--cert', 'leaf.pem', '--issuer', 'sound.pem'];
    const verified = await run(sandbox, 'verify', 'ocsp/0.ocsp', ...question);
    expect(verified).toMatchObject({ status: 32, all: expect.stringMatching(/\[signature-key-\w+\]/) });
    const pinned = await run(
      sandbox,
      'verify',
      'ocsp/0.ocsp',
      ...question,
      '--trusted-responder',
      'pinned/0.pem',
    );
    expect(pinned.status).toBe(32);
    const issuer = ['--cert', 'leaf.pem', '--issuer', 'chain/0.pem', '--root', 'chain/0.pem'];
    expect((await run(sandbox, 'verify', 'ocsp/0.ocsp', ...issuer)).status).toBe(32);
  });
});

/** An entry for each, and a sound one, which has no responder either. */
function configure(batch: readonly Item[]): Sandbox {
  const sandbox = makeSandbox();
  sandbox.write('leaf.pem', leaf.pem);
  sandbox.write('sound.pem', authority.intermediate.pem);
  const domains: Record<string, object> = {};
  if (batch.length === 0) domains['sound'] = { cert: 'leaf.pem', chain: 'sound.pem', ocsp: 'sound.ocsp' };
  const issuers: Record<string, object> = {};
  for (const [index, { otherIssuer, delegate, responses }] of batch.entries()) {
    sandbox.write(`chain/${index}.pem`, pem(otherIssuer) + authority.intermediate.pem);
    sandbox.write(`ca/${index}.pem`, pem(otherIssuer));
    sandbox.write(`pinned/${index}.pem`, pem(delegate));
    sandbox.write(`ocsp/${index}.ocsp`, responses[0]);
    domains[`c${index}`] = { cert: 'leaf.pem', chain: `chain/${index}.pem`, ocsp: `${index}.ocsp` };
    issuers[`i${index}`] = { cert: `ca/${index}.pem`, ocsp_responder_uri: 'http://127.0.0.1:9/' };
  }
  sandbox.write('ocsp/.keep', '');
  const pinned = batch.map((_, index) => `pinned/${index}.pem`);
  sandbox.writeConfiguration(
    { ocsp_folder: 'ocsp', trusted_responders: pinned, issuers, domains },
    'bot.yaml',
  );
  return sandbox;
}
