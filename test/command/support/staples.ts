import type { TestCertificate } from '../../support/ca.js';
import type { Stage } from './stage.js';
import { DAY, HOUR } from './times.js';

/** What lies in place before a run. */
export type StapleName = keyof typeof MAKERS;

/** thisUpdate and nextUpdate of the good ones, against NOW. With no threshold set half of it is the limit. */
export const TIMES = {
  fresh: [-HOUR, 7 * DAY],
  due: [-4 * DAY, 2 * DAY],
  /** Less than a third of the half is left. */
  critical: [-6 * DAY, 12 * HOUR],
  expired: [-5 * DAY, -HOUR],
  ahead: [DAY, 6 * DAY],
} as const satisfies Record<string, readonly [number, number]>;

type Make = (stage: Stage, certificate: TestCertificate) => Uint8Array | undefined;

function good([from, until]: readonly [number, number]): Make {
  return (stage, certificate) => stage.response(certificate, from, until);
}

const MAKERS = {
  fresh: good(TIMES.fresh),
  due: good(TIMES.due),
  critical: good(TIMES.critical),
  expired: good(TIMES.expired),
  /** From the future. */
  ahead: good(TIMES.ahead),
  missing: () => undefined,
  empty: () => new Uint8Array(),
  /** One octet of garbage. */
  octet: () => Uint8Array.of(0x30),
  text: () => Buffer.from('<html>404 Not Found</html>\n'),
  truncated: (stage, certificate) => stage.response(certificate, ...TIMES.fresh).subarray(0, 100),
  corrupt: (stage, certificate) => {
    const bytes = Uint8Array.from(stage.response(certificate, ...TIMES.fresh));
    const last = bytes.length - 1;
    bytes[last] = (bytes[last] ?? 0) ^ 1;
    return bytes;
  },
  /** One octet behind a good one. */
  trailing: (stage, certificate) =>
    Buffer.concat([stage.response(certificate, ...TIMES.fresh), Buffer.of(0)]),
  foreign: (stage) => stage.response(stage.issue(), ...TIMES.fresh),
  revoked: (stage, certificate) =>
    stage.response(certificate, ...TIMES.fresh, { status: { revoked: Date.now() - DAY, reason: 1 } }),
  unknown: (stage, certificate) => stage.response(certificate, ...TIMES.fresh, { status: 'unknown' }),
  /** Larger than any response. */
  huge: () => new Uint8Array(2 * 1024 * 1024),
} satisfies Record<string, Make>;

/** The octets, or undefined where there is to be no file. */
export function makeStaple(
  name: StapleName,
  stage: Stage,
  certificate: TestCertificate,
): Uint8Array | undefined {
  return (MAKERS[name] as Make)(stage, certificate);
}
