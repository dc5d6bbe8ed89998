import { LIMITS } from '../util/limits.js';
import type { TlsClient, TlsServer, System } from '../system/system.js';
import { judgeLive } from './live-verdict.js';
import type { LiveVerdict, LookUp, LiveCircumstances } from './types.js';

/** The result of a live check: the staple that a client of a server gets. */
export interface LiveResult {
  readonly server: TlsServer;
  readonly verdict: LiveVerdict;
}

/** Connects to a server as a TLS client does, and judges what it staples. Never throws. */
export async function checkLive(
  server: TlsServer,
  lookUp: LookUp | undefined,
  circumstances: LiveCircumstances,
  tls: TlsClient,
): Promise<LiveResult> {
  const handshake = await tls.shakeHands(server, { timeout: LIMITS.handshakeTimeout });
  return { server, verdict: judgeLive(handshake, lookUp, circumstances) };
}

/**
 * Reports whether clients get the response in the file, or a newer one. If the file has no good response, no reload can
 * help, and the run itself reports that.
 */
export function isServed({ verdict }: LiveResult): boolean {
  if (verdict.kind === 'same' || verdict.kind === 'newer') return true;
  const known = 'known' in verdict ? verdict.known : undefined;
  return known !== undefined && known.staple.kind !== 'usable';
}

/** The means of waiting for a server. */
interface Watch {
  readonly lookUp: LookUp;
  readonly circumstances: LiveCircumstances;
  readonly interruption: AbortSignal;
  readonly system: Pick<System, 'tls' | 'sleep' | 'now'>;
}

/** Repeats the live check until the new response is served, or the checks or the time are used up: a reload takes time. */
export async function awaitServed(
  server: TlsServer,
  { lookUp, circumstances, interruption, system: { tls, sleep, now } }: Watch,
): Promise<LiveResult> {
  const begun = now();
  for (let look = 1; ; look++) {
    const result = await checkLive(server, lookUp, circumstances, tls);
    const isOver = look >= LIMITS.liveLooks || now() - begun >= LIMITS.liveWait || interruption.aborted;
    if (isServed(result) || isOver) return result;
    await sleep(LIMITS.livePause, interruption);
  }
}
