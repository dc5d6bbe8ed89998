import { dirname } from 'node:path';
import type { Fetched } from '../client/types.js';
import type { Installed } from '../installation/types.js';
import { objectionTo } from '../ocsp/verify/still-current.js';
import { type VerifiedResponse, verify } from '../ocsp/verify/verify.js';
import { leafResponseIn } from '../staple/pem-chain.js';
import { examinationOf, isUnknown, plainlyOther } from '../staple/staple.js';
import type { OcspbotError } from '../util/errors.js';
import { equalBytes } from '../util/bytes.js';
import { contentFor } from './chain.js';
import type { InspectedCertificate } from './inspect.js';
import { refusal } from './judge.js';
import { refuseToReplace } from './skip.js';
import type { RunContext } from './types.js';

/** Installs a response for an entry. The reload is recorded as pending before the old staple is replaced. */
export async function installFor(
  certificate: InspectedCertificate,
  response: VerifiedResponse,
  run: RunContext,
): Promise<Installed> {
  // A scan mirrors its subfolders below ocsp_folder, and these may be missing. The rules of the configuration assure all
  // other folders. If a folder cannot be made, the installer reports that it is missing.
  await run.system.files
    .makeFolder(dirname(certificate.entry.ocsp), 0o755, 'without umask')
    .catch(() => undefined);
  const { bytes, warnings } = await contentFor(certificate, response, run);
  const installed = await run.installer.install({
    response,
    content: bytes,
    path: certificate.entry.ocsp,
    objectionNow: (inPlace) => objectionNow(certificate, response, inPlace, run),
    mustBeKept: isUnknown,
    beforeRename: async () => {
      if (run.source.kind === 'backups' && isGood(response)) await run.rollbacks.note(response);
      await run.pending.record(certificate.entry.services);
      await run.publish?.(certificate.entry, bytes);
    },
    afterFailure: async () => {
      if (run.source.kind === 'backups') await run.rollbacks.forget(response);
      await run.pending.withdraw(certificate.entry.services);
    },
  });
  // A file that was written anew for its chain has the same response about the certificate itself.
  const replaced = installed.replaced && leafResponseIn(installed.replaced);
  if (replaced !== undefined && !equalBytes(replaced, response.der))
    await run.rollbacks.forget({ der: replaced });
  return { ...installed, warnings: [...installed.warnings, ...warnings] };
}

/**
 * Writes the file anew with the response in place if only those about the certificates above have changed. Returns undefined
 * if there is nothing to change.
 */
export async function renewChain(
  certificate: InspectedCertificate,
  run: RunContext,
): Promise<{ readonly response: VerifiedResponse; readonly warnings: readonly string[] } | undefined> {
  const { staple } = certificate;
  if (run.options.dryRun || staple.kind !== 'usable' || staple.chain === undefined) return undefined;
  const { response, chain } = staple;
  const { bytes } = await contentFor(certificate, response, run);
  if (equalBytes(bytes, chain.bytes)) return undefined;
  return { response, warnings: (await installFor(certificate, response, run)).warnings };
}

/** Reports whether a restored response may stay in place. An expired one is replaced as soon as possible. */
function isGood({ forgiven }: VerifiedResponse): boolean {
  return forgiven.length === 0;
}

/** Checks again what may have changed since the response was verified: the clock, and the file in place. */
function objectionNow(
  certificate: InspectedCertificate,
  response: VerifiedResponse,
  inPlace: Uint8Array | undefined,
  run: RunContext,
): OcspbotError | undefined {
  const other = inPlace === undefined ? undefined : plainlyOther(inPlace);
  if (other !== undefined) return refuseToReplace(certificate.entry.ocsp, other);
  const now = run.clock();
  const installed = inPlace === undefined ? undefined : usableIn(leafResponseIn(inPlace), certificate, run);
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
