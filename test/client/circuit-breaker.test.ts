import { describe, expect, test } from 'vitest';
import { CircuitBreakers } from '../../src/client/circuit-breaker.js';
import { LIMITS } from '../../src/util/limits.js';

const [A, B] = [new URL('http://a.example/'), new URL('http://b.example/')] as const;
const HOST = { code: 'timeout', isOfHost: true } as const;

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
    for (const responder of admission.responders) breakers.failed(responder, { key: String(index), ...HOST });
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
    for (let count = 0; count < 9; count++) breakers.failed(A, { key: 'one', ...HOST });
    expect((await breakers.admit([A], true)).kind).toBe('admitted');
  });

  test('leaves other responders alone, but those of the same host where the host is at fault', async () => {
    const breakers = await opened();
    expect(await breakers.admit([A, B], true)).toMatchObject({ responders: [B], isProbe: false });
    expect((await breakers.admit([new URL('http://a.example/other')], false)).kind).toBe('refused');
    expect((await breakers.admit([new URL('http://a.example:8080/')], false)).kind).toBe('admitted');
    const bad = new CircuitBreakers(() => 1);
    for (const key of ['1', '2', '3']) bad.failed(A, { key, code: 'http-status', isOfHost: false });
    expect((await bad.admit([new URL('http://a.example/other')], false)).kind).toBe('admitted');
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
    const other = new URL('http://a.example/other');
    const open = async (responder: URL, isOfHost: boolean) => {
      for (const key of ['1', '2', '3']) breakers.failed(responder, { key, code: 'timeout', isOfHost });
      expect((await breakers.admit([responder], true)).kind).toBe('refused');
    };
    await open(A, false);
    await open(other, true);
    const probe = await breakers.admit([other], true);
    let isAdmitted = false;
    const waiting = breakers.admit([A], true).then(() => (isAdmitted = true));
    await new Promise(setImmediate);
    expect(isAdmitted).toBe(false);
    breakers.answered(other);
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
