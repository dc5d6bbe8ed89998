import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { requireRoot } from '../support/require.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { countCalls, problemsOf, readText } from './support/reading.js';

/** Returns the certificates that a scan of `tls` finds, with paths relative to the sandbox. */
function found(sandbox: Sandbox, scan: Readonly<Record<string, unknown>>): object[] {
  const { entries, defects } = readText(sandbox, yamlOf(scan));
  expect(defects).toEqual([]);
  const short = (path: string | undefined) => path?.slice(sandbox.folder.length + 1);
  return entries.map(({ name, cert, chain, rootchain, ocsp }) => ({
    name,
    cert: short(cert),
    ...(chain === undefined ? {} : { chain: short(chain) }),
    ...(rootchain === undefined ? {} : { rootchain: short(rootchain) }),
    ocsp: short(ocsp),
  }));
}

function yamlOf(scan: Readonly<Record<string, unknown>>): string {
  return stringify({ ocsp_folder: 'out', scan_keys: [{ folder: 'tls', rootchain_mask: null, ...scan }] });
}

/** certbot: folders in `live` with links to files in `archive`. */
function makeCertbot(): Sandbox {
  const sandbox = makeSandbox();
  sandbox.write('out/.keep', '');
  sandbox.write('tls/README', '');
  for (const name of ['example.com', 'example.com-0001', '*.example.org']) {
    mkdirSync(sandbox.path(`tls/${name}`), { recursive: true });
    sandbox.write(`tls/${name}/README`, '');
    for (const kind of ['cert', 'chain', 'fullchain', 'privkey']) {
      sandbox.write(`archive/${name}/${kind}1.pem`, '');
      symlinkSync(`../../archive/${name}/${kind}1.pem`, sandbox.path(`tls/${name}/${kind}.pem`));
    }
  }
  return sandbox;
}

describe('a mask with a folder', () => {
  test.each([true, false])('finds what certbot makes, recursive: %s', (recursive) => {
    const scan = { recursive, cert_mask: '{domain}/fullchain.pem', chain_mask: null };
    expect(found(makeCertbot(), scan)).toEqual([
      { name: '*.example.org', cert: 'tls/*.example.org/fullchain.pem', ocsp: 'out/*.example.org.ocsp-resp' },
      { name: 'example.com', cert: 'tls/example.com/fullchain.pem', ocsp: 'out/example.com.ocsp-resp' },
      {
        name: 'example.com-0001',
        cert: 'tls/example.com-0001/fullchain.pem',
        ocsp: 'out/example.com-0001.ocsp-resp',
      },
    ]);
  });

  test('may be that of every file', () => {
    const sandbox = makeCertbot();
    const scan = {
      cert_mask: '{domain}/cert.pem',
      chain_mask: '{domain}/chain.pem',
      rootchain_mask: '{domain}/fullchain.pem',
      ocsp_mask: '{domain}/ocsp.der',
    };
    expect(found(sandbox, scan)[1]).toEqual({
      name: 'example.com',
      cert: 'tls/example.com/cert.pem',
      chain: 'tls/example.com/chain.pem',
      rootchain: 'tls/example.com/fullchain.pem',
      ocsp: 'out/example.com/ocsp.der',
    });
  });

  test('finds what dehydrated makes: aliases, archives beside the current files', () => {
    const sandbox = makeSandbox();
    sandbox.write('out/.keep', '');
    for (const name of ['example.com', 'wildcard_example']) {
      for (const kind of ['cert', 'chain', 'fullchain', 'privkey']) {
        sandbox.write(`tls/${name}/${kind}-1700000000.pem`, '');
        symlinkSync(`${kind}-1700000000.pem`, sandbox.path(`tls/${name}/${kind}.pem`));
      }
      sandbox.write(`tls/${name}/cert-1700000000.csr`, '');
    }
    const scan = { cert_mask: '{domain}/cert.pem', chain_mask: '{domain}/chain.pem' };
    expect(found(sandbox, scan)).toMatchObject([
      { name: 'example.com', chain: 'tls/example.com/chain.pem' },
      { name: 'wildcard_example', chain: 'tls/wildcard_example/chain.pem' },
    ]);
  });

  test('finds what acme.sh makes: the name of the folder in the name of the file', () => {
    const sandbox = makeSandbox();
    sandbox.write('out/.keep', '');
    for (const file of ['example.com.cer', 'ca.cer', 'fullchain.cer', 'example.com.key', 'other.cer'])
      sandbox.write(`tls/example.com/${file}`, '');
    sandbox.write('tls/ca/acme/account.cer', '');
    const scan = { cert_mask: '{domain}/{domain}.cer', chain_mask: '{domain}/ca.cer' };
    expect(found(sandbox, scan)).toEqual([
      {
        name: 'example.com',
        cert: 'tls/example.com/example.com.cer',
        chain: 'tls/example.com/ca.cer',
        ocsp: 'out/example.com.ocsp-resp',
      },
    ]);
  });

  test('need not have the domain in it', () => {
    const sandbox = makeSandbox();
    for (const file of ['out/.keep', 'tls/public/a.pem', 'tls/private/a.pem', 'tls/site/public/b.pem'])
      sandbox.write(file, '');
    const scan = { cert_mask: 'public/{domain}.pem', chain_mask: null };
    expect(found(sandbox, scan)).toEqual([
      { name: 'a', cert: 'tls/public/a.pem', ocsp: 'out/a.ocsp-resp' },
      { name: 'b', cert: 'tls/site/public/b.pem', ocsp: 'out/site/b.ocsp-resp' },
    ]);
  });

  test('goes on below the folder, whose subfolder the response gets', () => {
    const sandbox = makeSandbox();
    for (const file of ['out/.keep', 'tls/a/full.pem', 'tls/group/b/full.pem', 'tls/group/deep/c/full.pem'])
      sandbox.write(file, '');
    const scan = { cert_mask: '{domain}/full.pem', chain_mask: null };
    expect(found(sandbox, scan)).toMatchObject([
      { name: 'a', ocsp: 'out/a.ocsp-resp' },
      { name: 'b', ocsp: 'out/group/b.ocsp-resp' },
      { name: 'c', ocsp: 'out/group/deep/c.ocsp-resp' },
    ]);
    expect(found(sandbox, { ...scan, recursive: false })).toMatchObject([{ name: 'a' }]);
  });

  test('goes through a link to a folder, and not in a circle', () => {
    const sandbox = makeSandbox();
    for (const file of ['out/.keep', 'elsewhere/full.pem']) sandbox.write(file, '');
    mkdirSync(sandbox.path('tls'));
    symlinkSync('../elsewhere', sandbox.path('tls/a'));
    symlinkSync('..', sandbox.path('elsewhere/up'));
    symlinkSync('.', sandbox.path('tls/self'));
    expect(found(sandbox, { cert_mask: '{domain}/full.pem', chain_mask: null })).toMatchObject([
      { name: 'a' },
    ]);
  });

  test('is tidied up', () => {
    const sandbox = makeSandbox();
    for (const file of ['out/.keep', 'tls/a/full.pem']) sandbox.write(file, '');
    const scan = { cert_mask: './{domain}//full.pem', chain_mask: null };
    expect(found(sandbox, scan)).toMatchObject([{ name: 'a', cert: 'tls/a/full.pem' }]);
  });
});

test('what lego makes is in one folder', () => {
  const sandbox = makeSandbox();
  sandbox.write('out/.keep', '');
  for (const name of ['example.com', '_.example.org'])
    for (const kind of ['crt', 'issuer.crt', 'json', 'key']) sandbox.write(`tls/${name}.${kind}`, '');
  expect(found(sandbox, { cert_mask: '{domain}.crt', chain_mask: '{domain}.issuer.crt' })).toMatchObject([
    { name: '_.example.org', chain: 'tls/_.example.org.issuer.crt' },
    { name: 'example.com', chain: 'tls/example.com.issuer.crt' },
  ]);
});

describe('a certificate that had a response', () => {
  const FULL = { cert_mask: '{domain}/fullchain.pem', chain_mask: '{domain}/chain.pem' };

  test.each([
    ['its chain', 'tls/example.com/chain.pem', 'has no "example.com/chain.pem" beside it any more'],
    ['itself', 'tls/example.com/fullchain.pem', 'cannot be found, though there is a response for it'],
  ])('and has lost %s is an entry that fails; without a response it is passed over', (_, file, message) => {
    const sandbox = makeCertbot();
    rmSync(sandbox.path(file));
    expect(readText(sandbox, yamlOf(FULL)).entries).toHaveLength(2);
    sandbox.write('out/example.com.ocsp-resp', 'response');
    const { entries } = readText(sandbox, yamlOf(FULL));
    expect(entries.map(({ name, defects }) => [name, defects?.[0]?.code])).toEqual([
      ['*.example.org', undefined],
      ['example.com', 'file-missing'],
      ['example.com-0001', undefined],
    ]);
    expect(problemsOf(sandbox, yamlOf(FULL))[0]).toContain(message);
  });

  test('may have been found by other masks: the hint says which line needs no chain', () => {
    const sandbox = makeCertbot();
    sandbox.write('out/example.com.ocsp-resp', 'response');
    const { entries } = readText(sandbox, yamlOf({ cert_mask: '{domain}/fullchain.pem' }));
    const [defect] = entries.find(({ name }) => name === 'example.com')?.defects ?? [];
    expect(defect?.hint).toContain('; "chain_mask: null" needs none');
  });

  test('is none any more when its folder is gone, as by certbot delete', () => {
    const sandbox = makeCertbot();
    sandbox.write('out/example.com.ocsp-resp', 'response');
    sandbox.remove('tls/example.com');
    expect(found(sandbox, FULL)).toHaveLength(2);
  });

  test('has a link to nothing: an entry that fails', () => {
    const sandbox = makeCertbot();
    sandbox.remove('archive/example.com/fullchain1.pem');
    expect(readText(sandbox, yamlOf(FULL)).entries).toHaveLength(3);
  });
});

test('folders that only lead on are entered, though they cannot be listed', async (context) => {
  requireRoot(context);
  const sandbox = makeCertbot();
  const scan = { cert_mask: '{domain}/fullchain.pem', chain_mask: null };
  chmodSync(sandbox.path('tls/example.com'), 0o711);
  expect(found(sandbox, scan)).toHaveLength(3);
});

test('thousands of folders are listed once each', () => {
  const sandbox = makeSandbox();
  sandbox.write('out/.keep', '');
  for (let index = 0; index < 300; index++) sandbox.write(`tls/${index}/fullchain.pem`, '');
  const scan = { cert_mask: '{domain}/fullchain.pem', chain_mask: null };
  const counts = countCalls(sandbox, yamlOf(scan));
  // And some for `tls`, `out` and the state folder.
  expect(counts.entries).toBeLessThan(310);
  expect(counts.facts).toBeLessThan(310);
});
