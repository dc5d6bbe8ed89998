import { describe, expect, test } from 'vitest';
import type { Service } from '../../src/configuration/model.js';
import type { VerifiedResponse } from '../../src/ocsp/verify/verify.js';
import { reloadService } from '../../src/services/reload.js';
import { readStaple, type Staple } from '../../src/staple/staple.js';
import type { CommandResult, Conversation, Handshake } from '../../src/system/system.js';
import { LIMITS } from '../../src/util/limits.js';
import { readCertificate } from '../../src/x509/certificate.js';
import { NOW } from '../installation/support/tools.js';
import { makeAuthority, makeResponse } from '../support/ca.js';
import { POLICY } from '../support/policy.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const authority = makeAuthority({ ocspUrls: ['http://ocsp.example/'] });
const issued = authority.issue();
const certificate = readCertificate(issued.der);
const issuer = readCertificate(authority.intermediate.der);
const subject = { certificate, issuer, path: undefined, ocspUrls: [], damage: [] };

/** A good response for the certificate, read as a staple. */
function stapleOf(age: number): { readonly der: Uint8Array; readonly staple: Staple } {
  const times = { thisUpdate: NOW - age, nextUpdate: NOW - age + 7 * DAY };
  const der = makeResponse({ issuer: authority.intermediate, certificate: issued, ...times });
  const question = { serialNumber: certificate.serialNumber, issuer, trustedResponders: [] };
  const staple = readStaple('a.ocsp', question, { policy: POLICY, now: NOW }, { read: () => der });
  return { der, staple };
}

const [older, newer] = [stapleOf(2 * DAY), stapleOf(HOUR)];

function verified({ staple }: { readonly staple: Staple }): VerifiedResponse {
  if (staple.kind !== 'usable') throw new Error(`the staple is ${staple.kind}`);
  return staple.response;
}

const SERVER = { host: 'www.example', port: 443, servername: 'www.example', starttls: undefined };
const SOCKET = { kind: 'unix' as const, path: '/run/haproxy.sock' };

function service(changes: Partial<Service> = {}): Service {
  return { name: 'web', exitBit: 2, reload: [], test: [], runtimeSockets: [], live: [], ...changes };
}

interface Outside {
  /** Results of commands by their first word; all others succeed. */
  readonly results?: Readonly<Record<string, CommandResult>>;
  /** Answers of the socket, in order. */
  readonly answers?: readonly Conversation[];
  /** The handshakes that the server shows, one at each look. The last one is repeated. */
  readonly looks?: readonly Handshake[];
  readonly runsCommands?: boolean;
  /** Certificates whose responses cannot be given. */
  readonly withheld?: readonly string[];
  readonly interruption?: AbortSignal;
}

/** Reloads a service whose commands, sockets and servers are those of `outside`. Returns what was done to them, too. */
async function reload(one: Service, outside: Outside = {}) {
  const { results = {}, answers = [], looks = [], runsCommands = true } = outside;
  const [commands, said]: [string[], string[]] = [[], []];
  let [looked, slept] = [0, 0];
  const result = await reloadService(one, {
    runsCommands,
    reloadTimeout: 60_000,
    interruption: outside.interruption ?? new AbortController().signal,
    circumstances: { policy: POLICY, now: NOW, trustedResponders: [] },
    installedFor: () => ({
      responses: [{ name: 'a.example', response: verified(newer) }],
      withheld: outside.withheld ?? [],
    }),
    lookUpFor: () => () => ({
      name: 'a.example',
      file: '/ocsp/a.ocsp',
      subject,
      staple: newer.staple,
      hasResponder: true,
    }),
    system: {
      commands: {
        run: (argv) => {
          commands.push(argv.join(' '));
          return Promise.resolve(results[argv[0]] ?? { kind: 'succeeded' });
        },
      },
      sockets: {
        converse: (_address, text) => {
          said.push(text);
          return Promise.resolve(answers[said.length - 1] ?? { kind: 'failed', problem: 'ENOENT' });
        },
      },
      tls: {
        shakeHands: (_server, { key }) => {
          if (key !== undefined) return Promise.resolve(NO_SUCH_KEY);
          const shown = looks[Math.min(looked++, looks.length - 1)];
          return Promise.resolve(shown ?? { kind: 'failed', reason: 'other', problem: 'ECONNREFUSED' });
        },
      },
      elapsed: () => slept,
      sleep: (duration) => {
        slept += duration;
        return Promise.resolve();
      },
    },
  });
  return { result, commands, said, looked, slept };
}

/** The handshake with a client that accepts only the other key. */
const NO_SUCH_KEY = { kind: 'failed', reason: 'refused', problem: 'handshake failure' } as const;

describe('commands', () => {
  const commands = { test: [['nginx', '-t']], reload: [['reload-one'], ['reload-two', '--now']] } as const;

  test('run in order, the tests first', async () => {
    const done = await reload(service(commands));
    expect(done.commands).toEqual(['nginx -t', 'reload-one', 'reload-two --now']);
    expect(done.result).toEqual({ kind: 'reloaded', service: 'web', live: [], warning: undefined });
  });

  test.each([
    ['are not run', { runsCommands: false }, service(commands)],
    ['are not there', {}, service()],
  ])('that %s leave the reload to the caller', async (_, outside, one) => {
    const done = await reload(one, outside);
    expect(done.result).toBeUndefined();
    expect(done.commands).toEqual([]);
  });

  const failures: [string, CommandResult, object][] = [
    [
      'nginx',
      { kind: 'failed', status: 1, output: 'one\ntwo\n' },
      {
        step: 'test',
        message: 'not reloaded, because its test failed: nginx -t ended with status 1',
        output: ['one', 'two'],
      },
    ],
    [
      'reload-one',
      { kind: 'killed', signal: 'SIGKILL', output: '' },
      { step: 'reload', message: 'reload failed: reload-one was ended by SIGKILL', output: [] },
    ],
    ['reload-two', { kind: 'timed-out', output: '' }, { step: 'reload', reason: 'timed-out' }],
    [
      'reload-one',
      { kind: 'not-started', code: 'ENOENT' },
      { step: 'reload', hint: expect.stringContaining('not in PATH') },
    ],
  ];
  test.each(failures)('after one that fails (%s) are not run', async (program, failure, expected) => {
    const done = await reload(service({ ...commands, live: [SERVER] }), { results: { [program]: failure } });
    expect(done.result).toMatchObject({ kind: 'failed', service: 'web', ...expected });
    expect(done.commands.at(-1)).toMatch(new RegExp(`^${program}`));
    expect(done.looked).toBe(0);
  });
});

describe("HAProxy's runtime socket", () => {
  const answered = (text: string): Conversation => ({ kind: 'answered', text });
  /** The signature is what HAProxy's text is compared by. */
  const shown = answered(`Response: ${Buffer.from(newer.der).toString('hex')}`);
  const haproxy = service({ runtimeSockets: [SOCKET], reload: [['reload-haproxy']] });

  test('takes the response in base64 and is asked for it: no command is run', async () => {
    const done = await reload(haproxy, { answers: [answered('OCSP Response updated!\n'), shown] });
    expect(done.result).toMatchObject({ kind: 'pushed', responses: 1 });
    expect(done.said[0]).toBe(`set ssl ocsp-response <<\n${Buffer.from(newer.der).toString('base64')}\n\n`);
    expect(done.said[1]).toMatch(/^show ssl ocsp-response 30[0-9a-f]+\n$/);
    expect(done.commands).toEqual([]);
  });

  const failures: [string, readonly Conversation[], string, object][] = [
    ['cannot be reached', [], 'failed', { reason: 'unreachable' }],
    ['refuses the response', [answered('Permission denied\n')], 'failed', { reason: 'refused' }],
    [
      'has loaded the certificate without a response',
      [answered('OCSP single response: Certificate ID does not match any certificate or issuer.\n')],
      'left',
      {},
    ],
    [
      'shows another response',
      [answered('OCSP Response updated!\n'), answered('another')],
      'failed',
      { reason: 'not-confirmed' },
    ],
  ];
  test.each(failures)('that %s: the commands are run instead', async (_, answers) => {
    const done = await reload(haproxy, { answers });
    expect(done.commands).toEqual(['reload-haproxy']);
    expect(done.result).toMatchObject({ kind: 'reloaded', warning: expect.stringContaining(SOCKET.path) });
  });
  test.each(failures)('that %s, without commands', async (_, answers, kind, expected) => {
    const done = await reload(haproxy, { answers, runsCommands: false });
    expect(done.result).toMatchObject({ kind, service: 'web', hint: expect.any(String), ...expected });
  });

  test('that cannot be given all responses: a reload gives them', async () => {
    const answers = [answered('OCSP Response updated!\n'), shown];
    const withheld = ['b.example', 'c.example'];
    const warning = 'the responses for b.example, c.example cannot be given to HAProxy now';
    expect(await reload(haproxy, { answers, withheld })).toMatchObject({
      result: { kind: 'reloaded', warning },
      commands: ['reload-haproxy'],
    });
    expect((await reload(haproxy, { answers, withheld, runsCommands: false })).result).toMatchObject({
      kind: 'left',
      message: warning,
    });
  });
});

describe('the live check', () => {
  const serving = (stapled: Uint8Array | undefined): Handshake => ({
    kind: 'completed',
    certificates: [issued.der, authority.intermediate.der],
    stapled,
  });
  const watched = service({ reload: [['reload-web']], live: [SERVER] });

  test('waits until the server serves what is installed', async () => {
    const looks = [serving(undefined), serving(older.der), serving(newer.der)];
    const done = await reload(watched, { looks });
    expect(done.result).toMatchObject({ kind: 'reloaded', live: [{ verdict: { kind: 'same' } }] });
    expect(done.looked).toBe(3);
    expect(done.slept).toBe(2 * LIMITS.livePause);
  });

  test.each([
    ['an older response', serving(older.der), 'older', 'still serves the response of'],
    ['no response', serving(undefined), 'absent', 'serves no response'],
    ['nothing', undefined, 'unreachable', 'could not be looked at: ECONNREFUSED'],
  ])('fails where the server goes on serving %s', async (_, look, reason, words) => {
    const done = await reload(watched, look === undefined ? {} : { looks: [look] });
    expect(done.result).toMatchObject({ kind: 'failed', step: 'live', reason });
    expect(done.result).toMatchObject({ message: expect.stringContaining(`www.example:443 ${words}`) });
    expect(done.looked).toBe(LIMITS.liveLooks);
  });

  test('ends at the first look when the run is interrupted', async () => {
    const done = await reload(watched, { looks: [serving(older.der)], interruption: AbortSignal.abort() });
    expect(done.looked).toBe(1);
  });
});
