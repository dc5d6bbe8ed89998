import { dirname } from 'node:path';
import type { Fetched } from '../client/types.js';
import type { Installed } from '../installation/install.js';
import { objectionTo } from '../ocsp/verify/still-current.js';
import { type VerifiedResponse, verify } from '../ocsp/verify/verify.js';
import { examinationOf, isUnknown, plainlyOther } from '../staple/staple.js';
import type { OcspbotError } from '../util/errors.js';
import type { InspectedCertificate } from './inspect.js';
import { refusal } from './judge.js';
import { refuseToReplace } from './outcome-special.js';
import { mayGoBack, type RunContext } from './types.js';

/** Installs a response for an entry; what it owes is written down before anything is replaced. */
export async function installFor(
  certificate: InspectedCertificate,
  response: VerifiedResponse,
  run: RunContext,
): Promise<Installed> {
  // A scan mirrors its subfolders below ocsp_folder; all other folders are there by the rules of the configuration.
  // Where one cannot be made, the installer says that it is missing.
  await run.system.files
    .makeFolder(dirname(certificate.entry.ocsp), 0o755, 'without umask')
    .catch(() => undefined);
  const installed = await run.installer.install({
    response,
    path: certificate.entry.ocsp,
    judgeAgain: (inPlace) => objectionNow(certificate, response, inPlace, run),
    mustBeKept: isUnknown,
    beforeRename: async () => {
      if (run.source.kind === 'backups' && isGood(response)) await run.rollbacks.note(response);
      await run.pending.record(certificate.entry.services);
    },
    afterFailure: async () => {
      if (run.source.kind === 'backups') await run.rollbacks.forget(response);
      await run.pending.withdraw(certificate.entry.services);
    },
  });
  if (installed.replaced !== undefined) await run.rollbacks.forget({ der: installed.replaced });
  return installed;
}

/** One that is of no use is not to stay. */
function isGood({ forgiven }: VerifiedResponse): boolean {
  return forgiven.length === 0;
}

/** Looks again at what may have changed since the response was verified: the clock, and the file in place. */
function objectionNow(
  certificate: InspectedCertificate,
  response: VerifiedResponse,
  inPlace: Uint8Array | undefined,
  run: RunContext,
): OcspbotError | undefined {
  const other = inPlace === undefined ? undefined : plainlyOther(inPlace);
  if (other !== undefined) return refuseToReplace(certificate.entry.ocsp, other);
  const now = run.clock();
  const installed = inPlace === undefined ? undefined : usableIn(inPlace, certificate, run);
  const objection = objectionTo(response, { now, installed, mayBeOlder: mayGoBack(run) });
  return objection && refusal(objection, 'the response is not installed');
}

/** The response in a file that somebody else may have replaced since the run looked at it. */
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
 * Forgets that the staple was restored, when a forced run has found nothing newer: from now on it is refreshed like any
 * other.
 */
export async function forgetRollback(
  certificate: InspectedCertificate,
  fetched: Fetched['kind'],
  { source, options, rollbacks }: RunContext,
): Promise<InspectedCertificate> {
  const { staple } = certificate;
  const isMeant = fetched === 'not-newer' && options.force && !options.dryRun && source.kind !== 'backups';
  if (!isMeant || staple.kind !== 'usable') return certificate;
  await rollbacks.forget(staple.response);
  return { ...certificate, isRestored: false };
}
