import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Minutes each, and no sample of it would be of use: only `npm run campaigns` runs them.
    exclude: process.env['OCSPBOT_CAMPAIGNS'] === undefined ? ['test/**/*.long.campaign.test.ts'] : [],
    reporters: ['default', './test/support/skipped.ts'],
    pool: 'forks',
    // Many tests wait for time limits of the program: five workers keep two cores busy.
    maxWorkers: 5,
    // However busy the machine is, only what hangs takes longer.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
