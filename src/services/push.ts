import { LIMITS } from '../defaults.js';
import type { SocketAddress, Sockets } from '../system/interfaces/servers.js';
import { formatHostPort } from '../text/host-port.js';
import { printable } from '../text/printable.js';
import type { VerifiedResponse } from '../verification/verify.js';
import { isShown, isUnknown, isUpdated, obstacleIn, setCommand, showCommand } from './haproxy.js';

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
    sockets.converse(address, text, { timeout: LIMITS.socketTimeout, maxOctets: LIMITS.socketAnswer });
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
    message: `${where} refused the response for ${name}: "${printable(answer.trim(), LIMITS.outputLine)}"`,
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
