import { dirname } from 'node:path';
import type { OcspbotError } from '../errors.js';
import type { Installed } from '../installation/install.js';
import { isUnknown, plainlyOther } from '../staple/not-a-response.js';
import { verify, type VerifiedResponse } from '../verification/verify.js';
import { objectionTo } from '../verification/still-current.js';
import { refusal } from './examine.js';
import { examinationOf } from '../staple/staple.js';
import type { Case } from './case.js';
import { refuseToReplace } from './skip.js';
import { mayGoBack, type RunContext } from './run-context.js';

/** Installs a response for an entry; what it owes is written down before anything is replaced. */
export async function installFor(
  open: Case,
  response: VerifiedResponse,
  run: RunContext,
): Promise<Installed> {
  // A scan mirrors its subfolders below ocsp_folder; all other folders are there by the rules of the configuration.
  // Where one cannot be made, the installer says that it is missing.
  await run.system.files.makeFolder(dirname(open.entry.ocsp), 0o755, 'without umask').catch(() => undefined);
  const installed = await run.installer.install({
    response,
    path: open.entry.ocsp,
    judgeAgain: (inPlace) => judgeAgain(open, response, inPlace, run),
    mustBeKept: isUnknown,
    beforeRename: async () => {
      if (run.source.kind === 'backups' && isGood(response)) await run.putBack.note(response);
      await run.pending.record(open.entry.services);
    },
    afterFailure: async () => {
      if (run.source.kind === 'backups') await run.putBack.forget(response);
      await run.pending.withdraw(open.entry.services);
    },
  });
  if (installed.replaced !== undefined) await run.putBack.forget({ der: installed.replaced });
  return installed;
}

/** One that is of no use is not to stay. */
function isGood({ forgiven }: VerifiedResponse): boolean {
  return forgiven.length === 0;
}

/** Looks again at what may have changed since the response was verified: the clock, and the file in place. */
function judgeAgain(
  open: Case,
  response: VerifiedResponse,
  inPlace: Uint8Array | undefined,
  run: RunContext,
): OcspbotError | undefined {
  const other = inPlace === undefined ? undefined : plainlyOther(inPlace);
  if (other !== undefined) return refuseToReplace(open.entry.ocsp, other);
  const now = run.clock();
  const installed = inPlace === undefined ? undefined : usableIn(inPlace, open, run);
  const objection = objectionTo(response, { now, installed, mayBeOlder: mayGoBack(run) });
  return objection && refusal(objection, 'the response is not installed');
}

/** The response in a file that somebody else may have replaced since the run looked at it. */
function usableIn(
  der: Uint8Array,
  { staple, question }: Case,
  run: RunContext,
): VerifiedResponse | undefined {
  const { policy } = run.configuration;
  const examination = examinationOf(staple, der) ?? verify(der, question, { policy, now: run.now });
  return examination.kind === 'good' ? examination.response : undefined;
}
