import { defineConfig } from 'vitest/config';
import { longestFirst } from './test/support/longest-first.js';
import { leaveSurroundings } from './test/support/surroundings.js';

leaveSurroundings();

const LONGEST = [
  'test/faults/kill.campaign.test.ts',
  'test/examples/ansible.campaign.test.ts',
  'test/faults/errors.campaign.test.ts',
  'test/x509/broken-keys.campaign.test.ts',
  'test/simulation/document.campaign.test.ts',
];

/** `npm run campaigns`: very many cases each, in minutes. The extent is explained in test/support/campaign.ts. */
export default defineConfig({
  test: {
    include: ['test/**/*.campaign.test.ts'],
    reporters: ['default', './test/support/skipped.ts'],
    env: { OCSPBOT_CAMPAIGNS: process.env['OCSPBOT_CAMPAIGNS'] ?? 'long' },
    sequence: { sequencer: longestFirst(LONGEST) },
    pool: 'forks',
    // Half of them start many processes themselves: four workers keep two cores busy.
    maxWorkers: 4,
    // However busy the machine is, only what hangs takes longer.
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
  },
});
