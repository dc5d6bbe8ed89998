import { defineConfig } from 'vitest/config';

// The tests that `npm run mutants` runs. They load no built program, so they see the changed sources.
export default defineConfig({
  test: {
    include: [
      'test/ocsp/{fixtures,verdicts,reasons}.test.ts',
      'test/x509/{chains,chain,public-key}.test.ts',
      'test/staple/*.test.ts',
      'test/client/next-attempt.test.ts',
    ],
  },
});
