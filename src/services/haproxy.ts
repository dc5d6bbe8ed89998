import { readResponse, type BasicOcspResponse } from '../ocsp/response.js';
import type { VerifiedResponse } from '../verification/verify.js';

/** What a runtime socket of HAProxy is told, and how its answers are read (HAProxy's management guide, §9.3). */

export function setCommand({ der }: Pick<VerifiedResponse, 'der'>): string {
  return `set ssl ocsp-response <<\n${Buffer.from(der).toString('base64')}\n\n`;
}

export function isUpdated(answer: string): boolean {
  return answer.trim() === 'OCSP Response updated!';
}

/** Whether its certificate is there, but was loaded without a response or is not loaded at all: a reload mends that. */
export function isUnknown(answer: string): boolean {
  return /certificate ID does not match/i.test(answer);
}

/** Why no HAProxy ever takes a response, from a socket or from its file; undefined where it may. */
export function obstacleIn(response: Pick<VerifiedResponse, 'der'>): string | undefined {
  const [single, ...others] = basic(response).responses;
  if (others.length > 0) return 'HAProxy takes no responses that speak of several certificates';
  if (single?.certId.hashAlgorithm === 'sha1') return undefined;
  return 'HAProxy knows certificates by SHA-1 only: set http.hash: sha1';
}

/** Asks for the response that it has for the same certificate; its key there is the CertID in DER. */
export function showCommand(response: Pick<VerifiedResponse, 'der'>): string {
  const [single] = basic(response).responses;
  return `show ssl ocsp-response ${hex(single?.certId.der ?? new Uint8Array())}\n`;
}

/** Whether what it shows is this response: its signature is in the text, in hexadecimal and broken into lines. */
export function isShown(answer: string, response: Pick<VerifiedResponse, 'der'>): boolean {
  return answer
    .replaceAll(/[\s:]/g, '')
    .toLowerCase()
    .includes(hex(basic(response).signature));
}

/** It has passed every check: it is one. */
function basic({ der }: Pick<VerifiedResponse, 'der'>): BasicOcspResponse {
  const response = readResponse(der);
  if (response.kind !== 'basic') throw new TypeError('a verified response is a basic one');
  return response;
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}
