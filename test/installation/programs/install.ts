import { say } from '../support/say.js';
import type { BackupPolicy } from '../../../src/configuration/model.js';
import { describe, OcspbotError } from '../../../src/util/errors.js';
import { openPendingReloadStore } from '../../../src/state/pending-reloads.js';
import { createInstaller } from '../../../src/installation/installer.js';
import { proofOf, realTools } from '../support/tools.js';

/** An installation that prints its result. If told to stop, it says so before the rename and waits to be killed. */
interface Job {
  readonly path: string;
  readonly content: string;
  readonly backups?: BackupPolicy;
  readonly stateFolder?: string;
  readonly stop?: boolean;
}

const OFF: BackupPolicy = { kind: 'off' };
const job = JSON.parse(process.argv[2] ?? '') as Job;
const tools = realTools({ now: Date.now() });

async function beforeRename(): Promise<void> {
  if (job.stateFolder !== undefined)
    await openPendingReloadStore(job.stateFolder, ['web'], tools).record(['web']);
  if (job.stop !== true) return;
  say('stopped');
  process.stdin.resume();
  await new Promise(() => undefined);
}

try {
  const settings = { backups: job.backups ?? OFF, stateFolder: job.stateFolder ?? '/nowhere', paths: [] };
  const installer = createInstaller(settings, tools);
  const response = proofOf(job.content);
  const installed = await installer.install({
    response,
    path: job.path,
    objectionNow: () => undefined,
    mustBeKept: () => false,
    beforeRename,
    afterFailure: () => Promise.resolve(),
  });
  const unsettled = await installer.settle();
  say(JSON.stringify({ ...installed, warnings: [...installed.warnings, ...unsettled] }));
} catch (error) {
  const { code, hint } = error instanceof OcspbotError ? error : { code: 'none', hint: undefined };
  say(JSON.stringify({ kind: 'failed', code, message: describe(error), hint }));
}
