import { openSync, readFileSync, writeSync } from 'node:fs';
import { OcspbotError } from '../../../src/util/errors.js';
import { DEFAULTS } from '../../../src/util/limits.js';
import { verify } from '../../../src/ocsp/verify/verify.js';
import { type Certificate, readCertificate } from '../../../src/x509/certificate.js';
import { findIssuer } from '../../../src/x509/chain.js';
import { DerError } from '../../../src/x509/der.js';
import { authority, hostileOf, leaf } from '../support/hostile.js';

/**
 * Judges certificates and responses with broken keys, one after another: `judge-broken-keys KEYS PROGRESS`. Writes the
 * current key to PROGRESS, so that its parent knows which one made it crash. Prints all results as JSON.
 */

const [keys, progress] = process.argv.slice(2) as [string, string];
const place = openSync(progress, 'w');
const { clockSkew, maxAge } = DEFAULTS;
const policy = { clockSkew, maxAge, assumedValidity: undefined, allowSha1Signatures: true };
const now = Date.now();
const subject = readCertificate(leaf.der);
const issuer = readCertificate(authority.intermediate.der);
const { serialNumber } = subject;

const outcomes: Record<string, number> = {};
let [count, slowest, slowestName] = [0, 0, ''];

for (const line of readFileSync(keys, 'utf8').split('\n')) {
  const [name, octets] = JSON.parse(line) as [string, string];
  writeSync(place, name.padEnd(200), 0);
  const hostile = hostileOf({ name, spki: new Uint8Array(Buffer.from(octets, 'base64')) });
  const begun = cpuTime();
  for (const response of hostile.responses) judge(response, issuer, []);
  const [delegate, otherIssuer] = [hostile.delegate, hostile.otherIssuer].map(read) as [
    Certificate?,
    Certificate?,
  ];
  if (delegate !== undefined) judge(hostile.responses[0], issuer, [delegate]);
  if (otherIssuer !== undefined) {
    judge(hostile.forged, otherIssuer, []);
    tell(lookFor(otherIssuer));
  }
  const took = cpuTime() - begun;
  if (took > slowest) [slowest, slowestName] = [took, name];
  count++;
}
process.stdout.write(JSON.stringify({ count, outcomes, slowest, slowestName }));

/** Milliseconds that this process was at work: other processes do not count. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function tell(outcome: string): void {
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
}

/** Counts the code of every check that fails. */
function judge(response: Uint8Array, issuer: Certificate, trustedResponders: Certificate[]): void {
  const { kind, checks } = verify(response, { serialNumber, issuer, trustedResponders }, { policy, now });
  tell(kind);
  for (const check of checks) {
    check.evidence();
    if (check.outcome === 'failed') tell(check.code);
  }
}

function read(der: Uint8Array): Certificate | undefined {
  try {
    return readCertificate(der);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return undefined;
  }
}

/** Nobody's key but the broken one is there to try. */
function lookFor(candidate: Certificate): string {
  try {
    findIssuer(subject, [candidate], 'here');
    return 'issuer found';
  } catch (error) {
    if (!(error instanceof OcspbotError)) throw error;
    return error.code;
  }
}
