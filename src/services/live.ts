import { LIMITS } from '../util/limits.js';
import type { TlsClient, TlsServer, System } from '../system/system.js';
import { judgeLive, type LiveVerdict, type LookUp, type Measure } from './live-verdict.js';

/** What a visitor of a server gets. */
export interface Sight {
  readonly server: TlsServer;
  readonly verdict: LiveVerdict;
}

/** Looks at a server as a visitor would. Never throws. */
export async function lookLive(
  server: TlsServer,
  lookUp: LookUp | undefined,
  measure: Measure,
  tls: TlsClient,
): Promise<Sight> {
  const handshake = await tls.shakeHands(server, { timeout: LIMITS.handshakeTimeout });
  return { server, verdict: judgeLive(handshake, lookUp, measure) };
}

/**
 * Whether visitors have what is in the file, or something newer. Where nothing good is in it, no reload can bring them
 * anything: that is for the run to tell.
 */
export function isServed({ verdict }: Sight): boolean {
  if (verdict.kind === 'same' || verdict.kind === 'newer') return true;
  const known = 'known' in verdict ? verdict.known : undefined;
  return known !== undefined && known.staple.kind !== 'usable';
}

/** What it takes to wait for a server. */
interface Watch {
  readonly lookUp: LookUp;
  readonly measure: Measure;
  readonly interruption: AbortSignal;
  readonly system: Pick<System, 'tls' | 'sleep' | 'now'>;
}

/** Looks again and again, for a reload takes its time: until it is served, or the looks or the time are used up. */
export async function awaitServed(
  server: TlsServer,
  { lookUp, measure, interruption, system: { tls, sleep, now } }: Watch,
): Promise<Sight> {
  const begun = now();
  for (let look = 1; ; look++) {
    const sight = await lookLive(server, lookUp, measure, tls);
    const isOver = look >= LIMITS.liveLooks || now() - begun >= LIMITS.liveWait || interruption.aborted;
    if (isServed(sight) || isOver) return sight;
    await sleep(LIMITS.livePause, interruption);
  }
}
