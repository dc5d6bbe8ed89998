import type { TestCertificate } from '../../support/ca.js';
import type { TestPki } from './test-pki.js';
import { DAY, HOUR } from './times.js';

/** The name of a staple that is in place before a run. */
export type StapleName = keyof typeof MAKERS;

/**
 * thisUpdate and nextUpdate of good staples, relative to NOW. Without a threshold a staple is due at half of its
 * lifetime.
 */
export const TIMES = {
  fresh: [-HOUR, 7 * DAY],
  due: [-4 * DAY, 2 * DAY],
  /** Less than a third of half of the lifetime is left. */
  critical: [-6 * DAY, 12 * HOUR],
  expired: [-5 * DAY, -HOUR],
  ahead: [DAY, 6 * DAY],
} as const satisfies Record<string, readonly [number, number]>;

type Make = (pki: TestPki, certificate: TestCertificate) => Uint8Array | undefined;

function good([from, until]: readonly [number, number]): Make {
  return (pki, certificate) => pki.response(certificate, from, until);
}

const MAKERS = {
  fresh: good(TIMES.fresh),
  due: good(TIMES.due),
  critical: good(TIMES.critical),
  expired: good(TIMES.expired),
  /** A response from the future. */
  ahead: good(TIMES.ahead),
  missing: () => undefined,
  empty: () => new Uint8Array(),
  /** A single byte of garbage. */
  octet: () => Uint8Array.of(0x30),
  text: () => Buffer.from('<html>404 Not Found</html>\n'),
  truncated: (pki, certificate) => pki.response(certificate, ...TIMES.fresh).subarray(0, 100),
  corrupt: (pki, certificate) => {
    const bytes = Uint8Array.from(pki.response(certificate, ...TIMES.fresh));
    const last = bytes.length - 1;
    bytes[last] = (bytes[last] ?? 0) ^ 1;
    return bytes;
  },
  /** A good response with a byte after its end. */
  trailing: (pki, certificate) => Buffer.concat([pki.response(certificate, ...TIMES.fresh), Buffer.of(0)]),
  foreign: (pki) => pki.response(pki.issue(), ...TIMES.fresh),
  revoked: (pki, certificate) =>
    pki.response(certificate, ...TIMES.fresh, { status: { revoked: Date.now() - DAY, reason: 1 } }),
  unknown: (pki, certificate) => pki.response(certificate, ...TIMES.fresh, { status: 'unknown' }),
  /** A file that is larger than any response. */
  huge: () => new Uint8Array(2 * 1024 * 1024),
} satisfies Record<string, Make>;

/** Returns the bytes of the staple, or undefined for no file. */
export function makeStaple(
  name: StapleName,
  pki: TestPki,
  certificate: TestCertificate,
): Uint8Array | undefined {
  return (MAKERS[name] as Make)(pki, certificate);
}
