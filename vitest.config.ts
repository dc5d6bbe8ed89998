import { configDefaults, defineConfig } from 'vitest/config';
import { longestFirst } from './test/support/longest-first.js';
import { leaveSurroundings } from './test/support/surroundings.js';

leaveSurroundings();

/**
 * The rooms of src alone, without a build: `npm run test:unit`. It leaves out tests of HTTP, of the page in a browser and of the
 * manual in shells, which take longer.
 */
const ROOMS = [
  'test/{util,x509,ocsp,http,storage,configuration,state,staple,installation}/**/*.test.ts',
  'test/{discovery,services,report,run,notification,cli,properties}/**/*.test.ts',
  'test/system/**/!(http*).test.ts',
  'test/client/**/!(ask|curl|header-names).test.ts',
  'test/snapshot/{attention,table,metrics}.test.ts',
  'test/kubernetes/{api,redact}.test.ts',
];
/** They have a command of their own, `npm run campaigns`. */
const CAMPAIGNS = 'test/**/*.campaign.test.ts';

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ROOMS,
          exclude: [...configDefaults.exclude, CAMPAIGNS],
          // A test whose assertions are never reached, for example in a loop over nothing, fails.
          expect: { requireAssertions: true },
        },
      },
      {
        extends: true,
        test: {
          name: 'program',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, CAMPAIGNS, ...ROOMS],
        },
      },
    ],
    // It waits longest for time limits of the program.
    sequence: { sequencer: longestFirst(['test/faults/faults.test.ts']) },
    reporters: ['default', './test/support/skipped.ts'],
    pool: 'forks',
    // A worker loads what the files share once, and not once for each file: that is half of the time of the rooms.
    isolate: false,
    setupFiles: './test/command/support/read-clock.ts',
    // Many tests wait for time limits of the program: six workers keep two cores busy.
    maxWorkers: 6,
    // However busy the machine is, only what hangs takes longer.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
