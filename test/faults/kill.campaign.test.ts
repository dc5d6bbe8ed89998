import { expect, test } from 'vitest';
import { atOnce } from '../support/at-once.js';
import { CAMPAIGN_TIMEOUT } from '../support/campaign.js';
import { requireProgram } from '../support/require.js';
import { callsOf, tryFault, type Trial } from './support/campaign.js';
import { chooseCalls } from './support/choice.js';
import { SCENES } from './support/scenes.js';
import { Table } from './support/table.js';

const COLUMNS = ['old', 'new', 'nothing', 'in time', 'once too many', 'never'];

function tabulate(trials: readonly Trial[]): string {
  const table = new Table(COLUMNS);
  for (const { call, lies, told } of trials) {
    const row = `${call.name}${call.effect === 'changes' ? '' : ` (${call.effect})`}`;
    table.add(row, lies.includes('new') ? 'new' : (lies[0] ?? 'nothing'));
    table.add(row, told);
  }
  return table.toString();
}

test.for(SCENES.map((scene) => [scene.title, scene] as const))(
  'killed at a system call of %s',
  { timeout: CAMPAIGN_TIMEOUT },
  async ([title, scene], context) => {
    requireProgram('strace', 'strace', context);
    const calls = chooseCalls(await callsOf(scene));
    const trials = await atOnce(2, calls, (call) => tryFault(scene, call, 'signal=KILL'));
    const hits = trials.filter(({ isHit }) => isHit);
    console.log(`${title}: killed at ${hits.length} calls\n${tabulate(hits)}`);
    const complaints = trials.flatMap(({ call, isHit, complaints, told }) => {
      // The caller was told but for the last call of all, which hands him the status, and those that Node makes just
      // before it: one of them may be hit where a read was meant.
      const isLost = told === 'never' && isHit && call.effect !== 'ends';
      const all = [...complaints, ...(isLost ? ['a reload was lost'] : [])];
      return all.map((complaint) => `${call.name} ${call.nth} ${call.on}: ${complaint}`);
    });
    expect(complaints).toEqual([]);
  },
);
