import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nul } from '../support/der.js';
import { extension } from '../support/extensions.js';
import type { Status } from '../support/responses.js';
import { furtherResponders } from './support/further-responders.js';
import { onlyOne, reportOf } from './support/report.js';
import { makeSetting } from './support/setting.js';
import { openStage } from './support/stage.js';
import { DAY, MINUTE, NOW } from './support/times.js';

const stage = openStage();
const start = furtherResponders(stage);

const HELD: Status = { revoked: NOW - 5 * DAY, reason: 6 };
const NEVER_ISSUED: Status = { revoked: 0, reason: 6 };
const EXTENDED_REVOKE = [extension('1.3.6.1.5.5.7.48.1.9', nul())];

/** A certificate with a staple that is due, of four days ago, and a responder that answers as told, at `from`. */
async function play(status: Status, from: number, options: { extended?: boolean; args?: string[] } = {}) {
  const { extended = false, args = [] } = options;
  const setting = makeSetting(stage);
  let bytes = new Uint8Array();
  const responder = await start(() => ({ kind: 'bytes', bytes }));
  const { certificate, file } = setting.add('a.example', {
    staple: 'due',
    certificate: { ocspUrls: [responder.url] },
  });
  bytes = Uint8Array.from(
    stage.response(certificate, from, 9 * DAY, { status, ...(extended && { extensions: EXTENDED_REVOKE }) }),
  );
  setting.configure();
  const before = setting.sandbox.read(file);
  const run = await setting.run('--json', ...args);
  expect(setting.sandbox.read(file)).toEqual(before);
  return { setting, bytes, status: run.status, requests: responder.requests, ...onlyOne(reportOf(run)) };
}

describe('an answer that says revoked', () => {
  test.each([[[]], [['--force']]])('older than the good one in place is a replay (%s)', async (args) => {
    const { status, outcome, reason, requests } = await play(HELD, -5 * DAY, { args });
    expect([status, outcome, reason]).toEqual([0, 'deferred', 'older-than-installed']);
    expect(requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'POST']);
  });

  test('newer than the good one in place is an alarm', async () => {
    const { status, outcome } = await play(HELD, -MINUTE);
    expect([status, outcome]).toEqual([32, 'revoked']);
  });

  test('as of a certificate that was never issued means that the responder does not know it', async () => {
    const { status, outcome, reason, message } = await play(NEVER_ISSUED, -MINUTE, { extended: true });
    expect([status, outcome, reason]).toEqual([0, 'deferred', 'certificate-unknown']);
    expect(message).toContain('does not know this certificate');
  });

  test('of 1970 without the extension that RFC 6960 §2.2 demands is a revocation', async () => {
    const { status, outcome } = await play(NEVER_ISSUED, -MINUTE);
    expect([status, outcome]).toEqual([32, 'revoked']);
  });

  test('given to install, older than the good one in place, is a replay', async () => {
    const { setting, bytes } = await play(HELD, -5 * DAY);
    writeFileSync(join(setting.sandbox.folder, 'given.der'), bytes);
    const run = await setting.runCommand('install', 'given.der', '--config', 'ocspbot.yaml', '--json');
    const { outcome, reason } = onlyOne(reportOf(run));
    expect([outcome, reason]).toEqual(['deferred', 'older-than-installed']);
  });
});
