import { expect, test } from 'vitest';
import { atOnce } from '../support/at-once.js';
import { CAMPAIGN_TIMEOUT } from '../support/campaign.js';
import { requireProgram } from '../support/require.js';
import { callsOf, tryFault, type Trial } from './support/campaign.js';
import { chooseErrors } from './support/call-sampling.js';
import { SCENARIOS } from './support/scenarios.js';
import { Table } from './support/table.js';

/** The effect of a failed system call on the run. */
type Outcome = 'no matter' | 'installed, with a warning' | 'the old one stands' | 'refused at once';

function outcomeOf({ faulty, states }: Trial): Outcome {
  if ((faulty.status ?? 64) > 63) return 'refused at once';
  if (states.some((one) => one !== 'new')) return 'the old one stands';
  return faulty.stderr === '' ? 'no matter' : 'installed, with a warning';
}

const OUTCOMES: readonly Outcome[] = [
  'no matter',
  'installed, with a warning',
  'the old one stands',
  'refused at once',
];

function tabulate(trials: readonly Trial[], rowOf: (trial: Trial) => string): string {
  const table = new Table(OUTCOMES);
  for (const trial of trials) table.add(rowOf(trial), outcomeOf(trial));
  return table.toString();
}

/** Returns the violations, including those that are checked after any fault. */
function violationsOf(trial: Trial): string[] {
  const { call, faulty, states, told } = trial;
  // A file that could not be removed is removed by the next installation in that folder.
  const violations = trial.violations.filter((one) => !(call.name === 'unlink' && one.endsWith('left over')));
  const outcome = outcomeOf(trial);
  return [
    ...violations,
    ...(told === 'never' ? ['a reload was lost'] : []),
    ...(outcome === 'the old one stands' && faulty.stderr === '' ? ['nobody was told'] : []),
    ...(outcome === 'refused at once' && states.includes('new') ? ['something was changed'] : []),
    // Some say in the sentence itself where to look.
    ...(/^error: (?!.*: see ocspbot .*\n)(?!.*\n {2}hint: )/m.test(faulty.stderr) ? ['no hint'] : []),
  ];
}

test.for(SCENARIOS.map((scenario) => [scenario.title, scenario] as const))(
  'a system call of %s fails',
  { timeout: CAMPAIGN_TIMEOUT },
  async ([title, scenario], context) => {
    requireProgram('strace', 'strace', context);
    const faults = chooseErrors(await callsOf(scenario));
    const trials = await atOnce(2, faults, ({ call, what }) => tryFault(scenario, call, what));
    console.log(
      [
        `${title}: ${trials.length} system calls failed`,
        tabulate(trials, ({ call }) => `${call.name}${call.effect === 'changes' ? '' : ' (reads)'}`),
        tabulate(trials, ({ what }) => what),
      ].join('\n'),
    );
    const violations = trials.flatMap((trial) => {
      const { call, what, faulty } = trial;
      return violationsOf(trial).map(
        (violation) =>
          `${what} of ${call.name} ${call.nth} ${call.on}: ${violation} (${faulty.status}: ${faulty.stderr})`,
      );
    });
    expect(violations).toEqual([]);
  },
);
