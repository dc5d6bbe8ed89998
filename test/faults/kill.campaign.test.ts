import { expect, test } from 'vitest';
import { atOnce } from '../support/at-once.js';
import { CAMPAIGN_TIMEOUT } from '../support/campaign.js';
import { requireProgram } from '../support/require.js';
import { callsOf, tryFault, type Trial } from './support/campaign.js';
import { chooseCalls } from './support/call-sampling.js';
import { SCENARIOS } from './support/scenarios.js';
import { Table } from './support/table.js';

const COLUMNS = ['old', 'new', 'nothing', 'in time', 'once too many', 'never'];

function tabulate(trials: readonly Trial[]): string {
  const table = new Table(COLUMNS);
  for (const { call, states, told } of trials) {
    const row = `${call.name}${call.effect === 'changes' ? '' : ` (${call.effect})`}`;
    table.add(row, states.includes('new') ? 'new' : (states[0] ?? 'nothing'));
    table.add(row, told);
  }
  return table.toString();
}

test.for(SCENARIOS.map((scenario) => [scenario.title, scenario] as const))(
  'killed at a system call of %s',
  { timeout: CAMPAIGN_TIMEOUT },
  async ([title, scenario], context) => {
    requireProgram('strace', 'strace', context);
    const calls = chooseCalls(await callsOf(scenario));
    const trials = await atOnce(2, calls, (call) => tryFault(scenario, call, 'signal=KILL'));
    const hits = trials.filter(({ isHit }) => isHit);
    console.log(`${title}: killed at ${hits.length} calls\n${tabulate(hits)}`);
    const violations = trials.flatMap(({ call, isHit, violations, told }) => {
      // A reload may be lost only at the last call, which passes the status to the caller, and at the calls that Node makes
      // just before it: one of them may be hit instead of a read.
      const isLost = told === 'never' && isHit && call.effect !== 'ends';
      const all = [...violations, ...(isLost ? ['a reload was lost'] : [])];
      return all.map((violation) => `${call.name} ${call.nth} ${call.on}: ${violation}`);
    });
    expect(violations).toEqual([]);
  },
);
