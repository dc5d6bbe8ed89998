import type { SuppliedResponse } from '../types.js';
import type { Configuration, Entry } from '../../configuration/model.js';
import { type OcspResponse, readResponse, type SingleResponse } from '../../ocsp/response.js';
import { findMatch } from '../../ocsp/verify/match.js';
import { otherThanDer } from '../../staple/other-file.js';
import { toHex } from '../../util/bytes.js';
import { firstOf } from '../../util/text.js';
import { DerError } from '../../x509/der.js';
import type { Prepared } from '../entries.js';

/** The supplied responses, by the certificates that they are for. */
export interface MatchedResponses {
  /** The candidates of each certificate for which a response was supplied. */
  readonly candidates: ReadonlyMap<Entry, readonly SuppliedResponse[]>;
  readonly unmatched: readonly UnmatchedResponse[];
  /** All responses, by the serial numbers in them. */
  readonly bySerial: ReadonlyMap<string, readonly SuppliedResponse[]>;
}

/** A response that is for no certificate of the configuration. */
export interface UnmatchedResponse extends SuppliedResponse {
  readonly kind: 'foreign' | 'no-response';
  readonly problem: string;
}

/** Finds the certificates of each response by its CertIDs. Nothing is verified yet. */
export function matchSupplied(
  supplied: readonly SuppliedResponse[],
  prepared: readonly Prepared[],
  { file }: Pick<Configuration, 'file'>,
): MatchedResponses {
  const subjects = indexBySerial(prepared);
  const bySerial = new Map<string, SuppliedResponse[]>();
  const candidates = new Map<Entry, SuppliedResponse[]>();
  const unmatched: UnmatchedResponse[] = [];
  for (const one of supplied) {
    const reading = readSingles(one.bytes);
    if (reading.kind === 'no-response') {
      unmatched.push({ ...one, ...reading });
      continue;
    }
    for (const serial of serialsIn(reading.singles))
      bySerial.set(serial, [...(bySerial.get(serial) ?? []), one]);
    const entries = entriesOf(reading.singles, subjects);
    for (const entry of entries) candidates.set(entry, [...(candidates.get(entry) ?? []), one]);
    if (entries.length === 0) {
      const problem = `is for ${serialsOf(reading.singles)}, which no certificate of ${file} has`;
      unmatched.push({ ...one, kind: 'foreign', problem });
    }
  }
  return { candidates, unmatched, bySerial };
}

type Reading =
  | { readonly kind: 'singles'; readonly singles: readonly SingleResponse[] }
  | { readonly kind: 'no-response'; readonly problem: string };

function readSingles(bytes: Uint8Array): Reading {
  const response = read(bytes);
  switch (response.kind) {
    case 'basic':
      return { kind: 'singles', singles: response.responses };
    case 'error-status':
      return { kind: 'no-response', problem: `is a refusal of a responder (status ${response.status})` };
    case 'other-type':
      return { kind: 'no-response', problem: `is a response of the unknown type ${response.oid}` };
    case 'no-response':
      return response;
  }
}

function read(bytes: Uint8Array): OcspResponse | Extract<Reading, { kind: 'no-response' }> {
  try {
    return readResponse(bytes);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    const problem = otherThanDer(bytes) ?? `is not an OCSP response in DER: it ${error.message}`;
    return { kind: 'no-response', problem };
  }
}

type Ready = Extract<Prepared, { kind: 'ready' }>;

function indexBySerial(prepared: readonly Prepared[]): ReadonlyMap<string, readonly Ready[]> {
  const index = new Map<string, Ready[]>();
  for (const one of prepared) {
    if (one.kind === 'broken') continue;
    const serial = toHex(one.subject.certificate.serialNumber);
    index.set(serial, [...(index.get(serial) ?? []), one]);
  }
  return index;
}

/** Returns all entries that a response is for. Entries may share a certificate; a response may be about several. */
function entriesOf(
  singles: readonly SingleResponse[],
  bySerial: ReadonlyMap<string, readonly Ready[]>,
): Entry[] {
  const near = [...serialsIn(singles)].flatMap((serial) => bySerial.get(serial) ?? []);
  return near.flatMap(({ entry, subject: { certificate, issuer } }) => {
    const question = { serialNumber: certificate.serialNumber, issuer, trustedResponders: [] };
    return findMatch(singles, question).kind === 'none' ? [] : [entry];
  });
}

function serialsIn(singles: readonly SingleResponse[]): ReadonlySet<string> {
  return new Set(singles.map(({ certId }) => toHex(certId.serialNumber)));
}

const SERIALS_SHOWN = 3;

function serialsOf(singles: readonly SingleResponse[]): string {
  if (singles.length === 0) return 'no serial number';
  const serials = singles.map(({ certId }) => toHex(certId.serialNumber));
  return `serial ${firstOf(serials, SERIALS_SHOWN)}`;
}
