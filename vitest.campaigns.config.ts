import { defineConfig } from 'vitest/config';

/** `npm run campaigns`: very many cases each, in minutes. The extent is explained in test/support/campaign.ts. */
export default defineConfig({
  test: {
    include: ['test/**/*.campaign.test.ts'],
    reporters: ['default', './test/support/skipped.ts'],
    env: { OCSPBOT_CAMPAIGNS: process.env['OCSPBOT_CAMPAIGNS'] ?? 'long' },
    pool: 'forks',
    // Each starts many processes itself: three workers keep two cores busy.
    maxWorkers: 3,
    // However busy the machine is, only what hangs takes longer.
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
  },
});
