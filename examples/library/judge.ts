/**
 * Judges an OCSP response with the library, as `ocspbot verify` does.
 *
 * usage: judge RESPONSE ISSUER CERTIFICATE
 */
import { readFileSync } from 'node:fs';
import { DEFAULTS, certificatesInFile, findIssuer, findLeaf, readCertificate, verify } from 'ocspbot';

const [response = '', issuerFile = '', certificateFile = ''] = process.argv.slice(2);

const load = (path: string) => certificatesInFile(readFileSync(path), path).map(readCertificate);
const certificate = findLeaf(load(certificateFile));
const issuer = findIssuer(certificate, load(issuerFile), issuerFile);

const examination = verify(
  readFileSync(response),
  { serialNumber: certificate.serialNumber, issuer, trustedResponders: [] },
  {
    policy: { ...DEFAULTS, assumedValidity: undefined, allowSha1Signatures: false },
    now: Date.now(),
  },
);

switch (examination.kind) {
  case 'good':
    console.log(`good until ${new Date(examination.response.usefulUntil).toISOString()}`);
    break;
  case 'revoked':
    console.log(`revoked: ${examination.reason}`);
    break;
  default:
    console.log(`${examination.kind}: ${examination.problem}`);
}
