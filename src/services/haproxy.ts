import { LIMITS } from '../util/limits.js';
import { type BasicOcspResponse, readResponse } from '../ocsp/response.js';
import type { VerifiedResponse } from '../ocsp/verify/verify.js';
import type { SocketAddress, Sockets } from '../system/system.js';
import { formatHostPort } from '../util/host-port.js';
import { printable, SHOWN } from '../util/text.js';

/** What a runtime socket of HAProxy is told, and how its answers are read (HAProxy's management guide, §9.3). */

function setCommand({ der }: Pick<VerifiedResponse, 'der'>): string {
  return `set ssl ocsp-response <<\n${Buffer.from(der).toString('base64')}\n\n`;
}

function isUpdated(answer: string): boolean {
  return answer.trim() === 'OCSP Response updated!';
}

/** Whether its certificate is there, but was loaded without a response or is not loaded at all: a reload mends that. */
function isUnknown(answer: string): boolean {
  return /certificate ID does not match/i.test(answer);
}

/** Why no HAProxy ever takes a response, from a socket or from its file; undefined where it may. */
function obstacleIn(response: Pick<VerifiedResponse, 'der'>): string | undefined {
  const [single, ...others] = basic(response).responses;
  if (others.length > 0) return 'HAProxy takes no responses that speak of several certificates';
  if (single?.certId.hashAlgorithm === 'sha1') return undefined;
  return 'HAProxy knows certificates by SHA-1 only: set http.hash: sha1';
}

/** Asks for the response that it has for the same certificate; its key there is the CertID in DER. */
function showCommand(response: Pick<VerifiedResponse, 'der'>): string {
  const [single] = basic(response).responses;
  return `show ssl ocsp-response ${hex(single?.certId.der ?? new Uint8Array())}\n`;
}

/** Whether what it shows is this response: its signature is in the text, in hexadecimal and broken into lines. */
function isShown(answer: string, response: Pick<VerifiedResponse, 'der'>): boolean {
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

/** A response that lies where HAProxy reads it from when it starts. */
export interface Installed {
  /** Of the certificate. */
  readonly name: string;
  readonly response: VerifiedResponse;
}

export type Push =
  | { readonly kind: 'pushed'; readonly responses: number }
  | {
      readonly kind: 'failed';
      /** `not-loaded`: of all of them. A reload is all that it takes. */
      readonly reason: 'unreachable' | 'refused' | 'not-confirmed' | 'not-loaded';
      /** Of the first failure. */
      readonly message: string;
      readonly hint: string;
      /** What else has failed, in words. */
      readonly others: readonly string[];
    };

type Failed = Omit<Extract<Push, { kind: 'failed' }>, 'others'>;

/** Gives the responses to each of the sockets, whatever becomes of another, and asks whether they are there. */
export async function push(
  installed: readonly Installed[],
  addresses: readonly SocketAddress[],
  sockets: Sockets,
): Promise<Push> {
  const failures: Failed[] = [];
  for (const address of addresses) failures.push(...(await pushAll(installed, address, sockets)));
  const [first, ...others] = failures;
  if (first === undefined) return { kind: 'pushed', responses: installed.length };
  const worst = failures.find(({ reason }) => reason !== 'not-loaded') ?? first;
  const rest = [first, ...others].filter((one) => one !== worst);
  return { ...worst, others: rest.map(({ message }) => message) };
}

/** A socket that cannot be reached is not tried again for each of them. */
async function pushAll(
  installed: readonly Installed[],
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
  { name, response }: Installed,
  address: SocketAddress,
  sockets: Sockets,
): Promise<Failed | undefined> {
  const say = (text: string) =>
    sockets.converse(address, text, { timeout: LIMITS.socketTimeout, maxBytes: LIMITS.socketAnswer });
  const where = `HAProxy at ${shownAddress(address)}`;
  const set = await say(setCommand(response));
  if (set.kind === 'failed') return unreachable(where, set.problem);
  if (!isUpdated(set.text)) return refused(where, name, response, set.text);
  const shown = await say(showCommand(response));
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
