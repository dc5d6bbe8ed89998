import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeAuthority, type Authority } from '../support/ca.js';
import { makeManyCertificates, type StapledCertificate } from '../support/many-certificates.js';

const DAY = 86_400_000;

/** Signing for ten thousand takes a minute: what was made is kept as long as its staples are not due. */
const CACHE = resolve('node_modules/.cache/bench');
const FRESH = 2 * DAY;

export const PORT = 18_888;
export const URL = `http://127.0.0.1:${PORT}/`;
/** Certificates in flight, and connections: the same for everybody. */
export const PARALLEL = 16;

/** Certificates of an RSA CA, as the great ones are, in files of their own, and a good staple for each. */
export interface CertificateSet {
  readonly folder: string;
  readonly count: number;
  /** Configurations that find the certificates in their folder, and that list them. */
  readonly scanned: string;
  readonly listed: string;
}

/**
 * Opens a set of certificates, which is made if there is none, or if its staples are about to become due.
 *
 * @param signer who signs the responses
 */
export function openCertificateSet(count: number, signer: 'issuer' | 'delegate' = 'issuer'): CertificateSet {
  const folder = join(CACHE, signer === 'issuer' ? String(count) : `${count}-${signer}`);
  const complete = join(folder, 'complete');
  if (!existsSync(complete) || Date.now() - Number(readFileSync(complete, 'utf8')) > FRESH) {
    rmSync(folder, { recursive: true, force: true });
    console.log(`making ${count} certificates and their responses …`);
    const authority = makeAuthority({ key: 'rsa-2048', name: 'Bench' });
    writeCertificateSet(
      folder,
      authority,
      makeManyCertificates({
        ...{ count, authority, ocspUrl: URL, now: Date.now() },
        ...(signer === 'delegate' ? { signer: authority.delegate() } : {}),
      }),
    );
    writeFileSync(complete, String(Date.now()));
  }
  return { folder, count, scanned: join(folder, 'scanned.yaml'), listed: join(folder, 'listed.yaml') };
}

/** As the references expect it, and `answers/SERIAL.der` for the responder. */
function writeCertificateSet(
  folder: string,
  { root, intermediate }: Authority,
  certificates: readonly StapledCertificate[],
): void {
  const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);
  for (const name of ['ca', 'certs', 'staples', 'answers'])
    mkdirSync(join(folder, name), { recursive: true });
  write('ca/root.pem', root.pem);
  for (const { name, certificate, response } of certificates) {
    write(`certs/${name}.pem`, certificate.pem);
    write(`certs/${name}-chain.pem`, intermediate.pem);
    write(`certs/${name}-rootchain.pem`, intermediate.pem + root.pem);
    write(`staples/${name}.ocsp-resp`, response);
    write(`answers/${Buffer.from(certificate.serial).toString('hex')}.der`, response);
  }
  write('scanned.yaml', `${head(folder)}scan_keys:\n  - folder: ${folder}/certs\n`);
  write(
    'listed.yaml',
    `${head(folder)}domains:\n${certificates.map(({ name }) => entry(name, folder)).join('')}`,
  );
}

function head(folder: string): string {
  return `ocsp_folder: ${folder}/staples\nminimum_validity: 3d\nparallel_threads: ${PARALLEL}\nhttp: { per_host: ${PARALLEL} }\n`;
}

function entry(name: string, folder: string): string {
  const certs = `${folder}/certs/${name}`;
  return `  ${name}.example:
    cert: ${certs}.pem
    chain: ${certs}-chain.pem
    rootchain: ${certs}-rootchain.pem
    ocsp: ${name}.ocsp-resp
`;
}

/** Puts empty files beside the certificates and staples of a set, which is as large a folder as some servers have. */
export function addOtherFiles({ folder }: CertificateSet, count: number): void {
  for (const name of ['certs', 'staples'])
    for (let index = 0; index < count; index++) writeFileSync(join(folder, name, `other-${index}.txt`), '');
}

export function removeOtherFiles({ folder }: CertificateSet): void {
  for (const name of ['certs', 'staples'])
    for (const file of readdirSync(join(folder, name)))
      if (file.startsWith('other-')) rmSync(join(folder, name, file));
}

/**
 * Puts a new folder in place of that of the staples. They are not deleted now: for minutes after that, ext4 would look among
 * them for a free inode, and whoever comes later in a round would have to wait longer.
 */
export function putAwayStaples({ folder }: CertificateSet): void {
  const staples = join(folder, 'staples');
  renameSync(staples, join(folder, `${PUT_AWAY}${Date.now()}`));
  mkdirSync(staples);
}

const PUT_AWAY = 'staples-of-';

export function deleteStaplesPutAway({ folder }: CertificateSet): void {
  for (const name of readdirSync(folder))
    if (name.startsWith(PUT_AWAY)) rmSync(join(folder, name), { recursive: true });
}
