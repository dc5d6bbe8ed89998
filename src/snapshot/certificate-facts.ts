import { namedUrls } from '../client/responder-url.js';
import type { Configuration } from '../configuration/model.js';
import { scheduleIn } from '../run/decision.js';
import type { InspectedCertificate } from '../run/inspect.js';
import { serverObjection } from '../run/objection.js';
import type { Prospect } from '../run/prospect.js';
import type { Attempt, Attempts } from '../state/attempts.js';
import { toHex } from '../util/bytes.js';
import type { Instant } from '../util/time.js';
import { isMustStaple } from '../x509/extensions.js';
import { keyName } from '../x509/key-name.js';
import { commonName } from '../x509/name.js';
import type { Identity, LastAttempt, StapleLife } from './snapshot.js';

/** The records and the settings by which certificates are judged. */
export interface Records {
  readonly configuration: Pick<Configuration, 'thresholds'>;
  readonly now: Instant;
  readonly attempts: Pick<Attempts, 'certificates'>;
}

/** The facts of a certificate before it is judged. */
export interface View {
  readonly certificate: InspectedCertificate;
  readonly prospect: Prospect;
  readonly staple: StapleLife | undefined;
  readonly lastAttempt: LastAttempt | undefined;
  readonly records: Records;
}

/** Returns the times of the staple that the server uses; undefined if it uses none. */
export function lifeOf(
  certificate: InspectedCertificate,
  { configuration }: Records,
): StapleLife | undefined {
  const schedule = scheduleIn(certificate, configuration);
  if (certificate.staple.kind !== 'usable' || schedule === undefined) return undefined;
  if (serverObjection(certificate) !== undefined) return undefined;
  const { thisUpdate, nextUpdate } = certificate.staple.response;
  return {
    thisUpdate,
    nextUpdate,
    from: Math.max(thisUpdate, certificate.subject.certificate.notBefore),
    usefulUntil: schedule.end,
    refreshAt: schedule.refreshAt,
    criticalAt: schedule.criticalAt,
    isRestored: certificate.isRestored,
  };
}

export function identityOf({ subject: { certificate, issuer }, responders }: InspectedCertificate): Identity {
  return {
    serial: toHex(certificate.serialNumber),
    notAfter: certificate.notAfter,
    issuer: commonName(issuer.subject).replace(/^"(.*)"$/s, '$1'),
    responder: namedUrls(responders)[0],
    isMustStaple: isMustStaple(certificate),
    key: keyName(certificate),
  };
}

/** Returns the last attempt, if it was about this certificate and not about the one before it. */
export function lastAttemptOf(
  { entry, subject }: InspectedCertificate,
  { certificates }: Records['attempts'],
): LastAttempt | undefined {
  const known = certificates.get(entry.name);
  const isIt = known?.serial === toHex(subject.certificate.serialNumber);
  return isIt ? { ...known, isFailure: isFailedAttempt(known) } : undefined;
}

function isFailedAttempt({ outcome }: Attempt): boolean {
  return outcome !== 'updated' && outcome !== 'unchanged';
}

/** Reports whether the certificate itself is revoked, by the staple in place or the last answer. */
export function isRevoked({ staple }: InspectedCertificate, lastAttempt: LastAttempt | undefined): boolean {
  const saysSo = staple.kind === 'unusable' && staple.code === 'certificate-revoked';
  return saysSo || lastAttempt?.outcome === 'revoked';
}
