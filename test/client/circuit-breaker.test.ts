import { describe, expect, test } from 'vitest';
import { CircuitBreakers, type Failure } from '../../src/client/circuit-breaker.js';
import { LIMITS } from '../../src/util/limits.js';

const [A, B] = [new URL('http://a.example/'), new URL('http://b.example/')] as const;
const OTHER = new URL('http://a.example/other');
const SILENT = { code: 'timeout', reach: 'unanswered' } as const;
const UNSENT = { code: 'connection-failed', reach: 'unsent' } as const;
const ANSWERED = { code: 'http-status', reach: 'answered' } as const;

interface Course {
  readonly refused: number;
  readonly asked: number;
}

/** So many certificates, one after the other, of responders that always fail. */
async function play(count: number, responders: readonly URL[], breakers: CircuitBreakers): Promise<Course> {
  let [refused, asked] = [0, 0];
  for (let index = 0; index < count; index++) {
    const admission = await breakers.admit(responders, true);
    if (admission.kind === 'refused') {
      refused += 1;
      continue;
    }
    asked += 1;
    for (const responder of admission.responders)
      breakers.failed(responder, { key: String(index), ...SILENT });
    admission.end();
  }
  return { refused, asked };
}

test.each([0, 0.5, 1])(
  'of ten thousand certificates a dozen or two are asked about, by chance %d',
  async (chance) => {
    const { asked } = await play(10_000, [A], new CircuitBreakers(() => chance));
    expect(asked).toBeGreaterThanOrEqual(LIMITS.failuresInARow + 12);
    expect(asked).toBeLessThanOrEqual(LIMITS.failuresInARow + 14);
  },
);

test('each of two responders that fail gets its probes', async () => {
  const { asked } = await play(1000, [A, B], new CircuitBreakers(() => 1));
  expect(asked).toBeGreaterThan(LIMITS.failuresInARow + 12);
  expect(asked).toBeLessThan(LIMITS.failuresInARow + 25);
});

describe('a circuit', () => {
  async function opened(): Promise<CircuitBreakers> {
    const breakers = new CircuitBreakers(() => 1);
    await play(LIMITS.failuresInARow, [A], breakers);
    expect((await breakers.admit([A], true)).kind).toBe('refused');
    return breakers;
  }

  test('is closed again by an answer', async () => {
    const breakers = await opened();
    breakers.answered(A);
    expect(await breakers.admit([A], true)).toMatchObject({ kind: 'admitted', isProbe: false });
  });

  test('is not opened by one certificate, however often it fails', async () => {
    const breakers = new CircuitBreakers(() => 1);
    for (let count = 0; count < 9; count++) breakers.failed(A, { key: 'one', ...SILENT });
    expect((await breakers.admit([A], true)).kind).toBe('admitted');
  });

  test('leaves other hosts alone', async () => {
    const breakers = await opened();
    expect(await breakers.admit([A, B], true)).toMatchObject({ responders: [B], isProbe: false });
    expect((await breakers.admit([new URL('http://a.example:8080/')], false)).kind).toBe('admitted');
  });

  test.each([
    ['refused', UNSENT],
    ['admitted', SILENT],
    ['admitted', ANSWERED],
  ] as const)('another URL of the same host is %s after %o', async (kind, failure) => {
    const breakers = new CircuitBreakers(() => 1);
    for (const key of ['1', '2', '3']) breakers.failed(A, { key, ...failure });
    expect((await breakers.admit([OTHER], false)).kind).toBe(kind);
    expect((await breakers.admit([A], false)).kind).toBe('refused');
  });

  test.each([
    ['http://a.example/ failed for 3 other certificates in a row (timeout)', SILENT, A],
    [
      'a.example:80 could not be reached for 3 other certificates in a row (connection-failed)',
      UNSENT,
      OTHER,
    ],
  ] as const)('says: %s', async (why, failure, asked) => {
    const breakers = new CircuitBreakers(() => 1);
    for (const key of ['1', '2', '3']) breakers.failed(A, { key, ...failure });
    expect(await breakers.admit([asked], false)).toMatchObject({ kind: 'refused', responder: asked, why });
  });

  test('of a host is closed by a request that could be sent', async () => {
    const breakers = new CircuitBreakers(() => 1);
    for (const key of ['1', '2', '3']) breakers.failed(A, { key, ...UNSENT });
    breakers.failed(OTHER, { key: '4', ...SILENT });
    expect((await breakers.admit([A], false)).kind).toBe('admitted');
  });

  test('is probed by one at a time, whose result the others wait for', async () => {
    const breakers = await opened();
    const probe = await breakers.admit([A], true);
    expect(probe).toMatchObject({ kind: 'admitted', isProbe: true });
    const others = [breakers.admit([A], true), breakers.admit([A], true)];
    expect((await breakers.admit([A], false)).kind).toBe('refused');
    breakers.answered(A);
    if (probe.kind === 'admitted') probe.end();
    for (const other of others) expect(await other).toMatchObject({ kind: 'admitted', isProbe: false });
  });

  test('is not probed while its host is', async () => {
    const breakers = new CircuitBreakers(() => 1);
    const open = async (responder: URL, failure: Omit<Failure, 'key'>) => {
      for (const key of ['1', '2', '3']) breakers.failed(responder, { key, ...failure });
      expect((await breakers.admit([responder], true)).kind).toBe('refused');
    };
    await open(A, ANSWERED);
    await open(OTHER, UNSENT);
    const probe = await breakers.admit([OTHER], true);
    let isAdmitted = false;
    const waiting = breakers.admit([A], true).then(() => (isAdmitted = true));
    await new Promise(setImmediate);
    expect(isAdmitted).toBe(false);
    breakers.answered(OTHER);
    if (probe.kind === 'admitted') probe.end();
    expect(await waiting).toBe(true);
  });

  test('stays open where a probe ends without a result', async () => {
    const breakers = await opened();
    const probe = await breakers.admit([A], true);
    if (probe.kind === 'admitted') probe.end();
    expect((await breakers.admit([A], true)).kind).toBe('refused');
  });
});

describe('a host that leaves several URLs in a row without an answer', () => {
  const urlOf = (index: number) => new URL(`http://a.example/${index}`);

  function silent(urls: number = LIMITS.silentUrls): CircuitBreakers {
    const breakers = new CircuitBreakers(() => 1);
    for (let index = 0; index < urls; index++)
      breakers.failed(urlOf(index), { key: String(index), ...SILENT });
    return breakers;
  }

  test('is silent, which is told', async () => {
    expect((await silent(LIMITS.silentUrls - 1).admit([OTHER], false)).kind).toBe('admitted');
    expect(await silent().admit([OTHER], false)).toMatchObject({
      kind: 'refused',
      why: `a.example:80 gave no answer at ${LIMITS.silentUrls} other URLs (timeout)`,
    });
  });

  test('is probed at the next URL at once, and asked at all URLs after an answer there', async () => {
    const breakers = silent();
    const probe = await breakers.admit([OTHER], true);
    expect(probe).toMatchObject({ kind: 'admitted', isProbe: true });
    const waiting = breakers.admit([urlOf(99)], true);
    breakers.answered(OTHER);
    if (probe.kind === 'admitted') probe.end();
    expect(await waiting).toMatchObject({ kind: 'admitted', isProbe: false });
  });

  test('is not silent if it answers at one of them, be it with a failure', async () => {
    const breakers = silent();
    breakers.failed(urlOf(0), { key: '0', ...ANSWERED });
    expect((await breakers.admit([OTHER], false)).kind).toBe('admitted');
  });

  test('gets no probes from URLs that are out of order themselves', async () => {
    const breakers = silent();
    for (const key of ['1', '2', '3']) breakers.failed(A, { key, ...SILENT });
    await play(100, [A], breakers);
    expect(await breakers.admit([OTHER], true)).toMatchObject({ kind: 'admitted', isProbe: true });
  });

  test('is asked at a dozen or two of ten thousand URLs', async () => {
    const breakers = new CircuitBreakers(() => 1);
    let asked = 0;
    for (let index = 0; index < 10_000; index++) asked += (await play(1, [urlOf(index)], breakers)).asked;
    expect(asked).toBeGreaterThan(LIMITS.silentUrls + 12);
    expect(asked).toBeLessThanOrEqual(LIMITS.silentUrls + 14);
  });
});
