import { dirname } from 'node:path';
import type { Fetched } from '../client/types.js';
import { objectionTo } from '../ocsp/verify/still-current.js';
import { type VerifiedResponse, verify } from '../ocsp/verify/verify.js';
import { bytesOf, leafResponseIn } from '../ocsp/pem-chain.js';
import { isUnknown, plainlyOther } from '../staple/other-file.js';
import { examinationOf } from '../staple/staple.js';
import type { OcspbotError } from '../util/errors.js';
import { equalBytes } from '../util/bytes.js';
import { forgetRestored } from './forget-restored.js';
import { findIssuerResponses, type IssuerResponses } from './issuer-responses.js';
import type { InspectedCertificate } from './inspect.js';
import { atPresent } from './present.js';
import { refusal } from './verify-answer.js';
import { objectionIfRenewed } from './renewed.js';
import { refuseToReplace } from './skip.js';
import type { RunContext } from './types.js';

/** Installs a response for an entry. The reload is recorded as pending before the old staple is replaced. */
export async function installFor(
  certificate: InspectedCertificate,
  response: VerifiedResponse,
  run: RunContext,
): Promise<Pick<IssuerResponses, 'warnings' | 'alarms'>> {
  // A scan mirrors its subfolders below ocsp_folder, and these may be missing. The rules of the configuration ensure that all
  // other folders exist. If a folder cannot be made, the installer reports that it is missing.
  await run.system.files
    .makeFolder(dirname(certificate.entry.ocsp), 0o755, 'without umask')
    .catch(() => undefined);
  const { issuerResponses, warnings, alarms } = await findIssuerResponses(certificate, run);
  const takeBack = async () => {
    if (run.source.kind === 'backups') await forgetRestored(response, certificate.entry, run);
    await run.pending.withdraw(certificate.entry.services);
  };
  const installed = await run.installer.install({
    response,
    issuerResponses,
    path: certificate.entry.ocsp,
    objectionNow: (inPlace) => objectionNow(certificate, response, inPlace, run),
    mustBeKept: isUnknown,
    beforeRename: async () => {
      await run.pending.record(certificate.entry.services);
      try {
        if (run.source.kind === 'backups' && isGood(response)) await run.rollbacks.note(response);
        await run.writeBack?.(certificate.entry, bytesOf({ response, issuerResponses }));
      } catch (error) {
        await takeBack();
        throw error;
      }
    },
    afterFailure: takeBack,
  });
  // A file that was written again for its chain has the same response about the certificate itself.
  const replaced = installed.replaced && leafResponseIn(installed.replaced);
  if (replaced !== undefined && !equalBytes(replaced, response.der))
    await forgetRestored({ der: replaced }, certificate.entry, run);
  return { alarms, warnings: [...installed.warnings, ...warnings] };
}

/** The result of renewing the responses about the issuers in a file. */
export type Renewal =
  | ({ readonly kind: 'renewed'; readonly response: VerifiedResponse } & Pick<
      IssuerResponses,
      'warnings' | 'alarms'
    >)
  | ({ readonly kind: 'same' | 'not-written' } & Pick<IssuerResponses, 'alarms'>);

/**
 * Writes the file again with the response in place if the responses about the CA certificates have changed, or if the file
 * has another form. A dry run writes nothing.
 */
export async function renewIssuerResponses(
  certificate: InspectedCertificate,
  run: RunContext,
): Promise<Renewal> {
  const { staple } = certificate;
  if (staple.kind !== 'usable' || staple.chain === undefined) return { kind: 'same', alarms: [] };
  const { response, chain } = staple;
  const { issuerResponses, alarms } = await findIssuerResponses(certificate, run);
  if (equalBytes(bytesOf({ response, issuerResponses }), chain.bytes)) return { kind: 'same', alarms };
  if (run.options.dryRun) return { kind: 'not-written', alarms };
  return {
    kind: 'renewed',
    response,
    alarms,
    warnings: (await installFor(certificate, response, run)).warnings,
  };
}

/** Reports whether a restored response may stay in place. An expired one is replaced as soon as possible. */
function isGood({ forgiven }: VerifiedResponse): boolean {
  return forgiven.length === 0;
}

/** Checks again what may have changed since the response was verified: the clock, the certificate, and the file in place. */
function objectionNow(
  certificate: InspectedCertificate,
  response: VerifiedResponse,
  inPlace: Uint8Array | undefined,
  run: RunContext,
): OcspbotError | undefined {
  const other = inPlace === undefined ? undefined : plainlyOther(inPlace);
  if (other !== undefined) return refuseToReplace(certificate.entry.ocsp, other);
  const renewed = objectionIfRenewed(certificate, run.system.files);
  if (renewed !== undefined) return renewed;
  const present = atPresent(run);
  const { now } = present;
  const installed =
    inPlace === undefined ? undefined : usableIn(leafResponseIn(inPlace), certificate, present);
  const objection = objectionTo(response, { now, installed, mayBeOlder: run.mayBeOlder });
  return objection && refusal(objection, 'the response is not installed');
}

/** Returns the response in the file in place, which another program may have replaced since the run read it. */
function usableIn(
  der: Uint8Array,
  { staple, question }: InspectedCertificate,
  run: RunContext,
): VerifiedResponse | undefined {
  const { policy } = run.configuration;
  const examination = examinationOf(staple, der) ?? verify(der, question, { policy, now: run.now });
  return examination.kind === 'good' ? examination.response : undefined;
}

/**
 * Forgets that the staple was restored if a forced run has found nothing newer. From then on it is refreshed like any
 * other staple.
 */
export async function endRollbackIfForced(
  certificate: InspectedCertificate,
  fetched: Fetched['kind'],
  { trigger, options, rollbacks }: RunContext,
): Promise<InspectedCertificate> {
  const { staple } = certificate;
  const isForced = trigger === 'forced' || trigger === 'given-by-force';
  if (!isForced || options.dryRun || fetched !== 'not-newer' || staple.kind !== 'usable') return certificate;
  await rollbacks.forget(staple.response);
  return { ...certificate, isRestored: false };
}
