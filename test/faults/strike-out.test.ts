import { expect, test } from 'vitest';
import { until } from '../command/support/child.js';
import { requireProgram } from '../support/require.js';
import { runOcspbot } from '../support/run.js';
import { makeSandbox } from '../support/sandbox.js';
import { callsOf } from './support/campaign.js';
import { WITH_BACKUPS } from './support/scenarios.js';
import { runWithFault } from './support/strace.js';
import { stateOf } from '../command/support/state.js';

test('who comes while the last run strikes out what it told does not tell it again', async (context) => {
  requireProgram('strace', 'strace', context);
  const last = (await callsOf(WITH_BACKUPS)).find(({ name, on }) => name === 'unlink' && /apart/.test(on));
  expect(last).toBeDefined();
  const sandbox = makeSandbox();
  WITH_BACKUPS.write(sandbox);
  const first = runWithFault(WITH_BACKUPS.args, sandbox.folder, {
    ...last!,
    what: 'delay_enter=600000',
  });
  await until(() => sandbox.exists(`${stateOf(sandbox)}/lock-2`));
  const next = await runOcspbot(WITH_BACKUPS.args, { cwd: sandbox.folder });
  const { run, hit } = await first;
  expect(hit?.on).toBe(last?.on);
  expect([run.status, next.status]).toEqual([2, 0]);
});
