import { expect, test } from 'vitest';
import type { ErrorCode } from '../../src/error-codes.js';
import { OcspbotError } from '../../src/errors.js';
import { causeOf } from '../../src/transport/causes.js';

const systemError = (code: string) => Object.assign(new Error(code), { code, syscall: 'getaddrinfo' });

test.each<[ErrorCode, unknown, string]>([
  ['timeout', undefined, 'passing'],
  ['connection-failed', undefined, 'passing'],
  ['responder-try-later', undefined, 'passing'],
  ['responder-internal-error', undefined, 'passing'],
  // A name server out of reach may come back; a name that is not there will not.
  ['dns-failure', systemError('EAI_AGAIN'), 'passing'],
  ['dns-failure', systemError('ENOTFOUND'), 'other'],
  ['tls-failure', undefined, 'other'],
  ['response-expired', undefined, 'stale'],
  ['older-than-installed', undefined, 'stale'],
  ['responder-unauthorized', undefined, 'unauthorized'],
  ['responder-malformed-request', undefined, 'request-refused'],
  ['certid-hash-mismatch', undefined, 'hash-refused'],
  ['certificate-revoked', undefined, 'final'],
  ['signature-invalid', undefined, 'other'],
  ['http-status', undefined, 'other'],
])('%s of %s is %s', (code, cause, expected) => {
  expect(causeOf(new OcspbotError(code, 'words', { cause }))).toBe(expected);
});
