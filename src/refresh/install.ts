import { dirname } from 'node:path';
import type { OcspbotError } from '../errors.js';
import type { Installed } from '../installation/install.js';
import { verify, type VerifiedResponse } from '../verification/verify.js';
import { refusal } from './examine.js';
import type { Case } from './case.js';
import { forgivenIn, mayGoBack, type RunContext } from './run-context.js';

/** Installs a response for an entry; what it owes is written down before anything is replaced. */
export async function installFor(
  open: Case,
  response: VerifiedResponse,
  run: RunContext,
): Promise<Installed> {
  // A scan mirrors its subfolders below ocsp_folder; all other folders are there by the rules of the configuration.
  // Where one cannot be made, the installer says that it is missing.
  await run.system.files.makeFolder(dirname(open.entry.ocsp), 0o755).catch(() => undefined);
  const installed = await run.installer.install({
    response,
    path: open.entry.ocsp,
    judge: (bytes, inPlace) => judgeAgain(open, bytes, inPlace, run),
    beforeRename: async () => {
      if (run.source.kind === 'backups' && isGood(response)) await run.putBack.note(response);
      await run.recordDebt(open.entry);
    },
  });
  if (installed.replaced !== undefined) await run.putBack.forget({ der: installed.replaced });
  return installed;
}

/** One that is of no use is not to stay. */
function isGood({ forgiven }: VerifiedResponse): boolean {
  return forgiven.length === 0;
}

/** Step 21, against what is in place at this moment: somebody else may have been here since it was looked at. */
function judgeAgain(
  { question }: Case,
  bytes: Uint8Array,
  inPlace: Uint8Array | undefined,
  run: RunContext,
): OcspbotError | undefined {
  const { now } = run;
  const { policy } = run.configuration;
  const current =
    inPlace === undefined || mayGoBack(run) ? undefined : verify(inPlace, question, { policy, now });
  const installed = current?.kind === 'good' ? current.response : undefined;
  const examination = verify(bytes, question, { policy, now, installed, forgiven: forgivenIn(run) });
  return examination.kind === 'good' ? undefined : refusal(examination, 'the response read back was refused');
}
