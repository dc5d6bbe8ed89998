import type { InstalledResponse, InstalledResponses } from './types.js';
import { LIMITS } from '../util/limits.js';
import { type BasicOcspResponse, readResponse } from '../ocsp/response.js';
import type { VerifiedResponse } from '../ocsp/verify/verify.js';
import type { SocketAddress, Sockets } from '../system/system.js';
import { toHex } from '../util/bytes.js';
import { formatHostPort } from '../util/host-port.js';
import { firstOf, printable, SHOWN } from '../util/text.js';

export type Push =
  | { readonly kind: 'pushed'; readonly responses: number }
  | {
      readonly kind: 'failed';
      /** The worst reason. With `not-loaded` and `withheld` a reload cures all failures. */
      readonly reason: 'unreachable' | 'refused' | 'not-confirmed' | 'not-loaded' | 'withheld';
      /** The message of the failure with this reason. */
      readonly message: string;
      readonly hint: string;
      /** The messages of the other failures. */
      readonly others: readonly string[];
    };

type Failed = Omit<Extract<Push, { kind: 'failed' }>, 'others'>;

/** Pushes the responses to each socket, even if another one fails, and checks that HAProxy shows them. */
export async function push(
  { responses, withheld }: InstalledResponses,
  addresses: readonly SocketAddress[],
  sockets: Sockets,
): Promise<Push> {
  const failures: Failed[] = withheld.length === 0 ? [] : [incomplete(withheld)];
  for (const address of addresses) failures.push(...(await pushAll(responses, address, sockets)));
  const [first, ...others] = failures;
  if (first === undefined) return { kind: 'pushed', responses: responses.length };
  const worst = failures.find(({ reason }) => !isCuredByReload(reason)) ?? first;
  const rest = [first, ...others].filter((one) => one !== worst);
  return { ...worst, others: rest.map(({ message }) => message) };
}

/** Reports whether a reload gives HAProxy what a push did not: it reads all files then. */
export function isCuredByReload(reason: Failed['reason']): boolean {
  return reason === 'not-loaded' || reason === 'withheld';
}

function incomplete(names: readonly string[]): Failed {
  return {
    kind: 'failed',
    reason: 'withheld',
    message: `the responses for ${firstOf(names, SHOWN.lines)} cannot be given to HAProxy now`,
    hint: 'reload HAProxy: it reads the files then',
  };
}

/** Pushes all responses to one socket, and stops if it cannot be reached. */
async function pushAll(
  installed: readonly InstalledResponse[],
  address: SocketAddress,
  sockets: Sockets,
): Promise<Failed[]> {
  const failures: Failed[] = [];
  for (const one of installed) {
    const failure = await pushOne(one, address, sockets);
    if (failure === undefined) continue;
    failures.push(failure);
    if (failure.reason === 'unreachable') break;
  }
  return failures;
}

async function pushOne(
  { name, response }: InstalledResponse,
  address: SocketAddress,
  sockets: Sockets,
): Promise<Failed | undefined> {
  const send = (text: string) =>
    sockets.converse(address, text, { timeout: LIMITS.socketTimeout, maxBytes: LIMITS.socketAnswer });
  const where = `HAProxy at ${shownAddress(address)}`;
  const set = await send(setCommand(response));
  if (set.kind === 'failed') return unreachable(where, set.problem);
  if (!isUpdated(set.text)) return refused(where, name, response, set.text);
  const shown = await send(showCommand(response));
  if (shown.kind === 'failed') return unreachable(where, shown.problem);
  return isShown(shown.text, response) ? undefined : notConfirmed(where, name, shown.text);
}

function unreachable(where: string, problem: string): Failed {
  return {
    kind: 'failed',
    reason: 'unreachable',
    message: `${where} cannot be reached: ${problem}`,
    hint: 'see that HAProxy runs, that "stats socket" names this socket, and that this user may write to it',
  };
}

function refused(where: string, name: string, response: VerifiedResponse, answer: string): Failed {
  const obstacle = obstacleIn(response);
  const isLoaded = obstacle !== undefined || !isUnknown(answer);
  return {
    kind: 'failed',
    reason: isLoaded ? 'refused' : 'not-loaded',
    message: `${where} refused the response for ${name}: "${printable(answer.trim(), SHOWN.line)}"`,
    hint:
      obstacle ??
      (isLoaded ? hintFor(answer) : 'HAProxy has not loaded this certificate with a response: reload it'),
  };
}

function hintFor(answer: string): string {
  return /permission denied/i.test(answer)
    ? 'the socket needs "level admin" in HAProxy\'s configuration'
    : 'reload HAProxy: it reads the file then; its log may say more';
}

function notConfirmed(where: string, name: string, answer: string): Failed {
  const start = printable(answer.trim(), LIMITS.quotedBody);
  const shows = start === '' ? 'shows nothing' : `shows another: "${start}"`;
  return {
    kind: 'failed',
    reason: 'not-confirmed',
    message: `${where} took the response for ${name}, but ${shows}`,
    hint:
      start === ''
        ? "it is too long to be shown, or gone: raise tune.bufsize in HAProxy's configuration, or reload it"
        : 'reload HAProxy: it reads the file then',
  };
}

function shownAddress(address: SocketAddress): string {
  return address.kind === 'unix' ? address.path : formatHostPort(address);
}

// The commands of HAProxy's runtime socket, and the meaning of its answers (HAProxy's management guide, §9.3).

function setCommand({ der }: Pick<VerifiedResponse, 'der'>): string {
  return `set ssl ocsp-response <<\n${Buffer.from(der).toString('base64')}\n\n`;
}

function isUpdated(answer: string): boolean {
  return answer.trim() === 'OCSP Response updated!';
}

/** Reports whether HAProxy has loaded the certificate without a response, or not at all. A reload cures this. */
function isUnknown(answer: string): boolean {
  return /certificate ID does not match/i.test(answer);
}

/** Returns the reason why HAProxy accepts a response neither from a socket nor from a file; undefined if there is none. */
function obstacleIn(response: Pick<VerifiedResponse, 'der'>): string | undefined {
  const [single, ...others] = basic(response).responses;
  if (others.length > 0) return 'HAProxy takes no responses that speak of several certificates';
  if (single?.certId.hashAlgorithm === 'sha1') return undefined;
  return 'HAProxy knows certificates by SHA-1 only: set http.hash: sha1';
}

/** Makes the command that shows the response of HAProxy for the same certificate. Its key is the CertID in DER. */
function showCommand(response: Pick<VerifiedResponse, 'der'>): string {
  const [single] = basic(response).responses;
  return `show ssl ocsp-response ${toHex(single?.certId.der ?? new Uint8Array())}\n`;
}

/** Reports whether HAProxy shows this response: the text has its signature in hexadecimal, broken into lines. */
function isShown(answer: string, response: Pick<VerifiedResponse, 'der'>): boolean {
  return answer
    .replaceAll(/[\s:]/g, '')
    .toLowerCase()
    .includes(toHex(basic(response).signature));
}

/** Reads a verified response again, which must be a basic one. */
function basic({ der }: Pick<VerifiedResponse, 'der'>): BasicOcspResponse {
  const response = readResponse(der);
  if (response.kind !== 'basic') throw new TypeError('a verified response is a basic one');
  return response;
}
