import { configDefaults, defineConfig } from 'vitest/config';

/** `npm run test:unit`: each room of src alone, without a build, in less than a minute. */
export default defineConfig({
  test: {
    include: [
      'test/{util,x509,ocsp,http,system,storage,configuration,state,staple,installation}/**/*.test.ts',
      'test/{client,discovery,services,report,run,cli,properties}/**/*.test.ts',
    ],
    exclude: [
      ...configDefaults.exclude,
      'test/**/*.campaign.test.ts',
      // They ask real servers of HTTP, in seconds each.
      'test/system/http*.test.ts',
      'test/client/{ask,curl,header-names}.test.ts',
      // It starts the program that removes checks.
    ],
    pool: 'forks',
    maxWorkers: 2,
    // A worker loads the program once, and not once for each file: that is half of the time.
    isolate: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
