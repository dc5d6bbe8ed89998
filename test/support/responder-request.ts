import type { IncomingMessage } from 'node:http';
import { OCSPRequest } from 'pkijs';
import { HASH_OIDS, type HashName } from './signing.js';

/** A request as pkijs reads it, independently of the encoder of the program. */
export interface Question {
  readonly der: Uint8Array;
  /** The hash of the CertID; undefined if it is unknown here. */
  readonly hash: HashName | undefined;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  /** Content octets. */
  readonly serial: Uint8Array;
  /** The number of Requests in the request. */
  readonly count: number;
  readonly signed: boolean;
  readonly nonce: Uint8Array | undefined;
  /** Dotted identifiers of all requestExtensions. */
  readonly extensions: readonly string[];
  readonly singleExtensions: number;
}

export interface RecordedRequest {
  readonly method: string;
  /** As on the wire: path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Undefined when it is not an OCSP request. */
  readonly question: Question | undefined;
}

export async function recordRequest(message: IncomingMessage, path: string): Promise<RecordedRequest> {
  const { method = '', url = '', headers } = message;
  const der = method === 'GET' ? fromPath(url, path) : await readBody(message);
  return { method, url, headers, question: parseQuestion(der) };
}

async function readBody(message: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return new Uint8Array(Buffer.concat(chunks));
}

/** Appendix A.1 of RFC 6960: {url}/{url-encoding of base-64 encoding of the DER encoding}. */
function fromPath(url: string, path: string): Uint8Array | undefined {
  if (!url.startsWith(path)) return undefined;
  const encoded = url.slice(path.length);
  // Base64 has characters with another meaning in a URL: a request that does not escape them is refused.
  if (!/^(?:[A-Za-z0-9]|%2[BbFf]|%3[Dd])+$/.test(encoded)) return undefined;
  return new Uint8Array(Buffer.from(decodeURIComponent(encoded), 'base64'));
}

function parseQuestion(der: Uint8Array | undefined): Question | undefined {
  if (der === undefined) return undefined;
  try {
    return questionOf(der);
  } catch {
    return undefined;
  }
}

function questionOf(der: Uint8Array): Question | undefined {
  const request = OCSPRequest.fromBER(der);
  const { requestList, requestExtensions = [] } = request.tbsRequest;
  const [first] = requestList;
  if (first === undefined) return undefined;
  const { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber } = first.reqCert;
  const nonce = requestExtensions.find(({ extnID }) => extnID === '1.3.6.1.5.5.7.48.1.2');
  return {
    der,
    hash: hashNamed(hashAlgorithm.algorithmId),
    issuerNameHash: issuerNameHash.valueBlock.valueHexView.slice(),
    issuerKeyHash: issuerKeyHash.valueBlock.valueHexView.slice(),
    serial: serialNumber.valueBlock.valueHexView.slice(),
    count: requestList.length,
    signed: request.optionalSignature !== undefined,
    // An OCTET STRING within the extension's own.
    nonce: nonce?.extnValue.valueBlock.valueHexView.slice(2),
    extensions: requestExtensions.map(({ extnID }) => extnID),
    singleExtensions: first.singleRequestExtensions?.length ?? 0,
  };
}

function hashNamed(id: string): HashName | undefined {
  const names = Object.keys(HASH_OIDS) as HashName[];
  return names.find((name) => HASH_OIDS[name] === id);
}
