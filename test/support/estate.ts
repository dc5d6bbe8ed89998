import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  makeAuthority,
  makeCertificate,
  makeKey,
  makeResponse,
  type KeyKind,
  type TestCertificate,
} from './ca.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface EstateOptions {
  readonly count: number;
  /** Of the CA and its responder. */
  readonly key: KeyKind;
  readonly ocspUrl: string;
  readonly now: number;
}

/** What a hoster has: certificates of one CA, each in files of its own, and a good staple for each. */
export interface Estate {
  readonly folder: string;
  readonly root: TestCertificate;
  readonly issuer: TestCertificate;
  readonly certificates: readonly TestCertificate[];
  /** The good responses, an hour old and good for another week; `answers/SERIAL.der` has them too. */
  readonly responses: readonly Uint8Array[];
}

/** `d00042`, as all files of a certificate are called. */
export function estateName(index: number): string {
  return `d${String(index).padStart(5, '0')}`;
}

export function makeEstate(folder: string, { count, key, ocspUrl, now }: EstateOptions): Estate {
  const { root, intermediate: issuer } = makeAuthority({ key, name: 'Estate' });
  const [serverKey, thisUpdate] = [makeKey('p-256'), now - HOUR];
  const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);
  for (const name of ['ca', 'certs', 'staples', 'answers'])
    mkdirSync(join(folder, name), { recursive: true });
  write('ca/root.pem', root.pem);
  const made = Array.from({ length: count }, (_, index) => {
    const name = estateName(index);
    const certificate = makeCertificate({
      subject: `${name}.example`,
      issuer,
      key: serverKey,
      ocspUrls: [ocspUrl],
    });
    const response = makeResponse({ issuer, certificate, thisUpdate, nextUpdate: thisUpdate + 7 * DAY });
    write(`certs/${name}.pem`, certificate.pem);
    write(`certs/${name}-chain.pem`, issuer.pem);
    write(`certs/${name}-rootchain.pem`, issuer.pem + root.pem);
    write(`staples/${name}.ocsp-resp`, response);
    write(`answers/${Buffer.from(certificate.serial).toString('hex')}.der`, response);
    return { certificate, response };
  });
  const certificates = made.map(({ certificate }) => certificate);
  return { folder, root, issuer, certificates, responses: made.map(({ response }) => response) };
}
