import { DEFAULTS } from '../util/limits.js';
import type { ResponsePolicy } from '../configuration/model.js';
import { parseDuration, type Duration } from '../util/time.js';
import { text, usage, type Values } from './values.js';

export interface VerifyArguments {
  /** The file of the response. */
  readonly response: string;
  /** The file of the issuer. It may contain further certificates. */
  readonly issuer: string;
  readonly subject: VerifySubject;
  readonly root: string | undefined;
  readonly trustedResponders: readonly string[];
  readonly policy: ResponsePolicy;
  /** Replaces the clock. */
  readonly now: string | undefined;
}

/** The certificate that the response must be about. */
export type VerifySubject =
  | { readonly kind: 'certificate'; readonly file: string }
  /** Content octets of the serialNumber (X.690 §8.3). */
  | { readonly kind: 'serial'; readonly serialNumber: Uint8Array };

/** Reads the arguments of `verify`. @throws OcspbotError `usage` */
export function readVerifyArguments(response: string, values: Values): VerifyArguments {
  const issuer = text(values, 'issuer');
  if (issuer === undefined) throw usage('verify needs --issuer FILE');
  return {
    response,
    issuer,
    subject: readSubject(text(values, 'cert'), text(values, 'serial')),
    root: text(values, 'root'),
    trustedResponders: (values['trusted-responder'] as string[] | undefined) ?? [],
    policy: {
      clockSkew: duration(values, 'clock-skew') ?? DEFAULTS.clockSkew,
      maxAge: duration(values, 'max-age') ?? DEFAULTS.maxAge,
      assumedValidity: duration(values, 'assumed-validity'),
      allowSha1Signatures: values['allow-sha1-signatures'] === true,
    },
    now: text(values, 'now'),
  };
}

function readSubject(cert: string | undefined, serial: string | undefined): VerifySubject {
  if ((cert === undefined) === (serial === undefined))
    throw usage('verify needs one of --cert FILE and --serial HEX');
  return cert === undefined ? readSerial(serial ?? '') : { kind: 'certificate', file: cert };
}

/**
 * Converts a serial number as openssl prints it (hexadecimal, with or without colons) to the content octets of a positive
 * INTEGER.
 */
function readSerial(value: string): VerifySubject {
  const digits = value.replace(/^0x/i, '').replaceAll(':', '');
  if (!/^[0-9a-f]{1,128}$/i.test(digits)) throw usage(`--serial ${value} is not a hexadecimal number`);
  const octets = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  const first = octets.findIndex((octet) => octet !== 0);
  const minimal = first < 0 ? Buffer.of(0) : octets.subarray(first);
  const isNegative = (minimal[0] as number) >= 0x80;
  return { kind: 'serial', serialNumber: isNegative ? Buffer.concat([Buffer.of(0), minimal]) : minimal };
}

function duration(values: Values, name: string): Duration | undefined {
  const value = text(values, name);
  if (value === undefined) return undefined;
  const parsed = parseDuration(value);
  if (parsed === undefined)
    throw usage(`--${name} ${value} is not a duration like 3d or "2 hours 5 minutes"`);
  return parsed;
}
