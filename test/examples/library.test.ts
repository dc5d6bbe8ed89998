import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { makeAuthority, makeResponse } from '../support/ca.js';
import { makeSandbox } from '../support/sandbox.js';

const ROOT = join(import.meta.dirname, '../..');
const HOUR = 3_600_000;

test('the library example compiles and judges a response', async () => {
  const judge = join(ROOT, `judge-${process.pid}.mjs`); // within the package, so that it finds itself by its name
  onTestFinished(() => rmSync(judge, { force: true }));
  await build({
    entryPoints: [join(ROOT, 'examples/library/judge.ts')],
    ...{
      outfile: judge,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      logLevel: 'error',
    },
  });
  const sandbox = makeSandbox();
  const authority = makeAuthority();
  const certificate = authority.issue();
  const times = { thisUpdate: Date.now() - HOUR, nextUpdate: Date.now() + 100 * HOUR };
  const files = (status: 'good' | 'unknown') => [
    sandbox.write(
      `${status}.der`,
      makeResponse({ issuer: authority.intermediate, certificate, status, ...times }),
    ),
    sandbox.write('issuer.pem', authority.intermediate.pem),
    sandbox.write('cert.pem', certificate.pem),
  ];
  const run = async (status: 'good' | 'unknown') =>
    (await execa(process.execPath, [judge, ...files(status)])).stdout;
  expect(await run('good')).toBe(
    `good until ${new Date(Math.floor(times.nextUpdate / 1000) * 1000).toISOString()}`,
  );
  expect(await run('unknown')).toBe('unknown: the responder does not know this certificate');
});
