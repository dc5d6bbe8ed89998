import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { recognize } from '../../src/x509/file-kind.js';
import { makeErrorResponse } from '../support/ca.js';
import { requireProgram } from '../support/require.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

/** Every kind of file that somebody may give by mistake, as OpenSSL writes it. */
const RECIPE = `
req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj /CN=example.com -days 9
x509 -in cert.pem -outform DER -out cert.der
x509 -in cert.pem -trustout -setalias web -out trusted.pem
pkey -in key.pem -outform DER -out pkcs8.der
rsa -in key.pem -traditional -out pkcs1.pem
rsa -in key.pem -traditional -outform DER -out pkcs1.der
rsa -in key.pem -traditional -aes128 -passout pass:word -out encrypted-pkcs1.pem
pkcs8 -topk8 -in key.pem -passout pass:word -out encrypted.pem
pkcs8 -topk8 -in key.pem -passout pass:word -outform DER -out encrypted.der
genpkey -algorithm rsa-pss -pkeyopt rsa_keygen_bits:1024 -outform DER -out pss.der
genpkey -algorithm ed25519 -outform DER -out ed25519.der
ecparam -name prime256v1 -genkey -out ec.pem
ec -in ec.pem -outform DER -out ec.der
ec -in ec.pem -param_enc explicit -outform DER -out ec-explicit.der
pkey -in ec.pem -outform DER -out ec-pkcs8.der
pkey -in key.pem -pubout -out public.pem
pkey -in key.pem -pubout -outform DER -out public.der
ec -in ec.pem -pubout -outform DER -out ec-public.der
dsaparam -out dsaparam.pem 1024
gendsa -out dsa.pem dsaparam.pem
dsa -in dsa.pem -outform DER -out dsa.der
ecparam -name prime256v1 -out ecparam.pem
dhparam -dsaparam -outform DER -out dh.der 1024
req -new -key key.pem -subj /CN=example.com -out request.pem
req -in request.pem -outform DER -out request.der
ca -config ca.cnf -gencrl -keyfile key.pem -cert cert.pem -out crl.pem
crl -in crl.pem -outform DER -out crl.der
crl2pkcs7 -nocrl -certfile cert.pem -out bundle.pem
crl2pkcs7 -nocrl -certfile cert.pem -outform DER -out bundle.der
pkcs12 -export -inkey key.pem -in cert.pem -passout pass:word -out store.p12
ocsp -issuer cert.pem -cert cert.pem -no_nonce -reqout request.ocsp
ocsp -issuer cert.pem -cert cert.pem -reqout nonce.ocsp
`;

const CA = '[ca]\ndefault_ca=c\n[c]\ndatabase=index\ndefault_md=sha256\ndefault_crl_days=9\n';

let sandbox: Sandbox;
beforeAll(() => void (sandbox = makeSandbox()));
afterAll(() => sandbox.dispose());

/** The first test that needs the files makes them. */
function made(context: TestContext): Sandbox {
  const openssl = requireProgram('openssl', 'openssl', context);
  if (sandbox.exists('index')) return sandbox;
  sandbox.write('ca.cnf', CA);
  sandbox.write('index', '');
  for (const line of RECIPE.trim().split('\n'))
    execFileSync(openssl, line.split(' '), { cwd: sandbox.folder, stdio: 'pipe' });
  return sandbox;
}

const FILES = [
  ['cert.pem', 'a certificate'],
  ['cert.der', 'a certificate in DER'],
  ['trusted.pem', 'a certificate'],
  ['key.pem', 'a private key'],
  ['pkcs8.der', 'a private key in DER'],
  ['pkcs1.pem', 'a private key'],
  ['pkcs1.der', 'a private key in DER'],
  ['encrypted-pkcs1.pem', 'an encrypted private key'],
  ['encrypted.pem', 'an encrypted private key'],
  ['encrypted.der', 'an encrypted private key in DER'],
  ['pss.der', 'a private key in DER'],
  ['ed25519.der', 'a private key in DER'],
  ['ec.pem', 'a private key'],
  ['ec.der', 'a private key in DER'],
  ['ec-explicit.der', 'a private key in DER'],
  ['ec-pkcs8.der', 'a private key in DER'],
  ['dsa.der', 'a private key in DER'],
  ['public.pem', 'a public key'],
  ['public.der', 'a public key in DER'],
  ['ec-public.der', 'a public key in DER'],
  ['ecparam.pem', 'parameters of a key'],
  ['dh.der', 'parameters of a key in DER'],
  ['request.pem', 'a certificate request (CSR)'],
  ['request.der', 'a certificate request (CSR) in DER'],
  ['crl.pem', 'a revocation list (CRL)'],
  ['crl.der', 'a revocation list (CRL) in DER'],
  ['bundle.pem', 'a PKCS#7 bundle (P7B)'],
  ['bundle.der', 'a PKCS#7 bundle (P7B) in DER'],
  ['store.p12', 'a PKCS#12 file (PFX)'],
  ['request.ocsp', 'an OCSP request in DER'],
  ['nonce.ocsp', 'an OCSP request in DER'],
] as const;

describe('a file that OpenSSL has written', () => {
  test.for(FILES)('%s is %s', ([file, name], context) => {
    expect(recognize(made(context).read(file)).name).toBe(name);
  });

  const LONG = FILES.filter(
    ([, name]) => !name.endsWith('in DER') || /private key|certificate in/.test(name),
  );

  test.for(LONG)('%s is recognized also without its end', ([file], context) => {
    const whole = made(context).read(file);
    const start = whole.subarray(0, whole.length / 2);
    expect(recognize(start).kind).toBe(recognize(whole).kind);
  });

  test.for(FILES.filter(([file]) => file.endsWith('.pem')))('%s in UTF-16', ([file, name], context) => {
    const text = made(context).text(file);
    for (const written of [text, `\ufeff${text}`]) {
      const bytes = Buffer.from(written, 'utf16le');
      expect(recognize(bytes).name).toBe(name);
      expect(recognize(bytes.swap16()).name).toBe(name);
    }
  });
});

test('an OCSP response', () => {
  for (const file of [
    'good-by-name.der',
    'revoked.der',
    'truncated.der',
    'try-later.der',
    'signature-flipped.der',
  ])
    expect(recognize(readFileSync(`fixtures/responses/${file}`)).kind).toBe('ocsp-response');
  expect(recognize(makeErrorResponse('tryLater')).name).toBe('an OCSP response in DER');
});

test.each([
  ['', 'empty', 'an empty file'],
  ['domains:\n  a: {cert: a.pem}\n', 'text', 'text'],
  ['\ufeffGrüße\r\n', 'text', 'text'],
  ['-----BEGIN PGP MESSAGE-----\n', 'other-pem', 'PEM of the kind PGP MESSAGE'],
  [Buffer.from('30030101ff', 'hex'), 'other-der', 'another kind of DER'],
  [Buffer.from('30820101ff', 'hex'), 'unknown', 'data of an unknown kind'],
  [Buffer.from('feedfeed00000002', 'hex'), 'java-keystore', 'a Java keystore'],
  [Buffer.from('1f8b080000', 'hex'), 'archive', 'a compressed archive'],
  [Buffer.from([0, 0, 0, 0]), 'unknown', 'data of an unknown kind'],
] as const)('%j is %s', (content, kind, name) => {
  expect(recognize(Buffer.from(content))).toMatchObject({ kind, name });
});

test('indefinite lengths, as Java and Windows write them', () => {
  const pkcs12 = '3080020103308006092a864886f70d010701a080';
  const pkcs7 = '308006092a864886f70d010702a080';
  expect(recognize(Buffer.from(pkcs12, 'hex')).kind).toBe('pkcs12');
  expect(recognize(Buffer.from(pkcs7, 'hex')).kind).toBe('pkcs7');
});

test('base64 without the lines around it', (context) => {
  const base64 = Buffer.from(made(context).read('cert.der')).toString('base64');
  expect(recognize(Buffer.from(`${base64}\n`)).name).toBe('a certificate in base64');
});
