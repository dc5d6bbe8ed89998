import type { TestCertificate } from '../../support/ca.js';
import type { Mode } from '../../support/responder.js';
import type { TestPki } from './test-pki.js';
import { TIMES, type StapleName } from './staples.js';
import { DAY, HOUR, MINUTE } from './times.js';

/** The name of an answer of the responder. */
export type AnswerName = keyof typeof MAKERS;

interface AnswerContext {
  readonly pki: TestPki;
  readonly certificate: TestCertificate;
  /** The staple in place, and its times. */
  readonly installed: Uint8Array | undefined;
  readonly times: readonly [number, number];
}

type Make = (context: AnswerContext) => Mode;

/**
 * Makes a response whose times are moved relative to the installed one. It is made here, so that its bytes are known.
 */
function moved(from: number, until: number): Make {
  return ({ pki, certificate, times }) => ({
    kind: 'bytes',
    bytes: pki.response(certificate, times[0] + from, times[1] + until),
  });
}

const MAKERS = {
  good: ({ pki, certificate }) => ({ kind: 'bytes', bytes: pki.response(certificate, -MINUTE, 8 * DAY) }),
  'the same octets': ({ installed }) => ({ kind: 'bytes', bytes: installed ?? new Uint8Array() }),
  'the same times': moved(0, 0),
  'an older one': moved(-HOUR, -HOUR),
  'an older thisUpdate': moved(-HOUR, 0),
  'an older nextUpdate': moved(HOUR, -HOUR),
  'a newer thisUpdate': moved(HOUR, 0),
  'http 500': () => ({ kind: 'http', status: 500, body: 'Internal Server Error' }),
  'http 404': () => ({ kind: 'http', status: 404 }),
  revoked: () => 'revoked',
  unknown: () => 'unknown',
  tryLater: () => 'tryLater',
  internalError: () => 'internalError',
  unauthorized: () => 'unauthorized',
  malformedRequest: () => 'malformedRequest',
  sigRequired: () => 'sigRequired',
  garbage: () => 'garbage',
  nothing: () => 'empty',
  html: () => 'html',
  'another media type': () => 'wrong-media-type',
  'an endless body': () => 'endless',
  'a redirect to itself': () => 'redirect-loop',
  'half, and a reset': () => 'reset',
  'a trickle': () => 'slow',
  silence: () => 'stall',
  'an expired one': () => 'expired',
  'one of another certificate': () => 'foreign',
  'one signed by another key': () => 'forged',
  'one without nextUpdate': () => 'no-next-update',
  'another nonce': () => 'nonce-different',
  'no nonce': () => 'nonce-ignored',
} satisfies Record<string, Make>;

export function makeAnswer(
  name: AnswerName,
  staple: StapleName,
  context: Omit<AnswerContext, 'times'>,
): Mode {
  const times = staple in TIMES ? TIMES[staple as keyof typeof TIMES] : TIMES.fresh;
  return (MAKERS[name] as Make)({ ...context, times });
}
