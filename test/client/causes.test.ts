import { expect, test } from 'vitest';
import { causeBeforeSending, causeOf } from '../../src/client/attempt.js';
import { type ErrorCode, OcspbotError } from '../../src/util/errors.js';

const systemError = (code: string) => Object.assign(new Error(code), { code, syscall: 'getaddrinfo' });

test.each<[ErrorCode, unknown, string, string | undefined]>([
  ['timeout', undefined, 'passing', 'unreachable'],
  ['connection-failed', undefined, 'passing', 'unreachable'],
  ['responder-try-later', undefined, 'passing', undefined],
  ['responder-internal-error', undefined, 'passing', undefined],
  // A name server out of reach may come back; a name that is not there will not.
  ['dns-failure', systemError('EAI_AGAIN'), 'passing', 'unreachable'],
  // If a request was sent before, the host is that of a redirect.
  ['dns-failure', systemError('ENOTFOUND'), 'turned-away', 'no-other-way'],
  ['tls-failure', undefined, 'turned-away', 'no-other-way'],
  ['http-malformed', undefined, 'turned-away', 'no-other-way'],
  ['redirect-refused', undefined, 'turned-away', 'no-other-way'],
  ['proxy-failure', undefined, 'no-other-way', 'no-other-way'],
  ['run-timeout', undefined, 'final', 'final'],
  ['interrupted', undefined, 'final', 'final'],
  ['media-type', undefined, 'turned-away', undefined],
  ['response-expired', undefined, 'stale', undefined],
  ['older-than-installed', undefined, 'stale', undefined],
  ['responder-unauthorized', undefined, 'unauthorized', undefined],
  ['responder-malformed-request', undefined, 'request-refused', undefined],
  ['certid-hash-mismatch', undefined, 'hash-refused', undefined],
  ['certificate-revoked', undefined, 'final', undefined],
  ['signature-invalid', undefined, 'turned-away', undefined],
  ['signature-sha1', undefined, 'no-other-way', undefined],
  ['next-update-missing', undefined, 'no-other-way', undefined],
  // These are faults of the administrator's own files, or of the clock.
  ['certificate-expired', undefined, 'no-other-way', undefined],
  ['issuer-version', undefined, 'no-other-way', undefined],
  ['issuer-not-ca', undefined, 'no-other-way', undefined],
  ['issuer-key-usage', undefined, 'no-other-way', undefined],
  ['issuer-extensions', undefined, 'no-other-way', undefined],
  ['issuer-not-yet-valid', undefined, 'no-other-way', undefined],
  ['issuer-expired', undefined, 'no-other-way', undefined],
  ['path-not-yet-valid', undefined, 'no-other-way', undefined],
  ['path-expired', undefined, 'no-other-way', undefined],
])('%s of %s is %s, and %s before a request was sent', (code, cause, expected, before) => {
  const error = new OcspbotError(code, 'words', { cause });
  expect(causeOf(error)).toBe(expected);
  if (before !== undefined) expect(causeBeforeSending(error)).toBe(before);
});

const timeout = new OcspbotError('timeout', 'words');

test.each<[ErrorCode, OcspbotError | undefined, string]>([
  ['not-good-for-all', timeout, 'passing'],
  ['not-good-for-all', new OcspbotError('signature-invalid', 'words'), 'no-other-way'],
  ['not-good-for-all', undefined, 'turned-away'],
  ['media-type', timeout, 'turned-away'],
])('%s because of %s is %s', (code, cause, expected) => {
  expect(causeOf(new OcspbotError(code, 'words', { cause }))).toBe(expected);
});

test('what an answer says counts, and not the status that it came with', () => {
  expect(causeOf(new OcspbotError('responder-try-later', 'words'), 200)).toBe('passing');
});

test.each([
  [400, 'request-refused'],
  [401, 'turned-away'],
  [404, 'turned-away'],
  [408, 'passing'],
  [429, 'passing'],
  [500, 'passing'],
  [501, 'turned-away'],
  [503, 'passing'],
])('http-status %i is %s', (status, expected) => {
  expect(causeOf(new OcspbotError('http-status', 'words'), status)).toBe(expected);
});
