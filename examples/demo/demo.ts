/**
 * Shows what ocspbot does, without a network: makes a CA, two certificates and an OCSP responder on loopback, and
 * runs the built program on them. Everything happens in a temporary folder.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { makeAuthority } from '../../test/support/ca.js';
import { startResponder, type Responder } from '../../test/support/responder.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PROGRAM = resolve('dist/bin/ocspbot.js');

const folder = mkdtempSync(join(tmpdir(), 'ocspbot-demo-'));
try {
  const responder = await setUp();
  try {
    await show('The first run installs both staples: 6 = 2 (nginx) + 4 (mailserver).', 6);
    await show('The second run has nothing to do.', 0);
  } finally {
    await responder.close();
  }
  await show(
    'The responder is gone and the staples are due: they are kept, and that is no alarm yet.',
    0,
    2.5 * DAY,
  );
  await show('A day later time runs short: 32 says that something needs attention.', 32, 3.5 * DAY);
} finally {
  rmSync(folder, { recursive: true });
}

/** Responses are an hour old and good for four days; the certificates name the responder's URL. */
async function setUp(): Promise<Responder> {
  const authority = makeAuthority({ name: 'Demo' });
  const lifetime = { age: HOUR, validity: 4 * DAY };
  const responder = await startResponder({ issuers: [authority.intermediate], lifetime });
  mkdirSync(join(folder, 'certificates'));
  mkdirSync(join(folder, 'staples'));
  copyFileSync(resolve('examples/demo/ocspbot.yaml'), join(folder, 'ocspbot.yaml'));
  writeFileSync(join(folder, 'certificates/chain.pem'), authority.intermediate.pem);
  for (const subject of ['example.com', 'mail.example.com']) {
    const { pem } = authority.issue({ subject, ocspUrls: [responder.url] });
    writeFileSync(join(folder, `certificates/${subject}.pem`), pem);
  }
  return responder;
}

/** Runs the program as it would run some time from now; a status that is not the expected one fails the demo. */
async function show(what: string, expected: number, later = 0): Promise<void> {
  const time = later === 0 ? [] : ['--now', new Date(Date.now() + later).toISOString()];
  console.log(`\n# ${what}\n$ ${['ocspbot', ...time].join(' ')}`);
  const run = await execa(process.execPath, [PROGRAM, ...time], {
    cwd: folder,
    reject: false,
    stdio: 'inherit',
  });
  console.log(`status ${run.exitCode}`);
  if (run.exitCode !== expected) throw new Error(`the status should have been ${expected}`);
}
