import { LIMITS } from '../util/limits.js';
import type { Handshake, KeyName, TlsClient, TlsServer, System } from '../system/system.js';
import { equalBytes } from '../util/bytes.js';
import { liveVerdict, keyShown } from './live-verdict.js';
import type { LiveVerdict, LookUp, LiveCircumstances } from './types.js';

/** The result of a live check: the staple that a client of a server gets. */
export interface LiveResult {
  readonly server: TlsServer;
  /** The key of the certificate if the server has another certificate with another key, which has a result of its own. */
  readonly key?: string | undefined;
  readonly verdict: LiveVerdict;
}

/**
 * Connects to a server as TLS clients do, and judges what it staples. A server may have a certificate for each kind of key,
 * and clients choose: each certificate is judged with the staple of its own handshake. Never throws.
 */
export async function checkLive(
  server: TlsServer,
  lookUp: LookUp | undefined,
  circumstances: LiveCircumstances,
  tls: TlsClient,
): Promise<readonly LiveResult[]> {
  const verdictOn = (handshake: Handshake) => liveVerdict(handshake, lookUp, circumstances);
  const timeout = LIMITS.handshakeTimeout;
  const first = await tls.shakeHands(server, { timeout });
  const key = keyShown(first);
  if (key === undefined) return [{ server, verdict: verdictOn(first) }];
  // They are asked one after the other: mail servers limit the connections of one host.
  const further: { readonly handshake: Handshake; readonly key: string }[] = [];
  for (const other of KEYS.filter((one) => one !== key)) {
    const handshake = await tls.shakeHands(server, { timeout, key: other });
    if (isOther(handshake, first)) further.push({ handshake, key: keyShown(handshake) ?? other });
  }
  if (further.length === 0) return [{ server, verdict: verdictOn(first) }];
  return [{ key, handshake: first }, ...further].map((one) => ({
    server,
    key: one.key,
    verdict: verdictOn(one.handshake),
  }));
}

/** The keys for which a server may have a certificate each. */
const KEYS: readonly KeyName[] = ['RSA', 'ECDSA', 'EdDSA'];

/** Reports whether a handshake for another key is one of another certificate, or leaves that open. */
function isOther(second: Handshake, first: Handshake): boolean {
  if (second.kind === 'failed') return second.reason !== 'refused';
  const [own, known] = [second, first].map((one) =>
    'certificates' in one ? one.certificates[0] : undefined,
  );
  return own !== undefined && (known === undefined || !equalBytes(own, known));
}

/**
 * Reports whether clients get the response in the file, or a newer one. If the file has no good response, no reload can
 * help, and the run itself reports that.
 */
function isServed({ verdict }: LiveResult): boolean {
  if (verdict.kind === 'same' || verdict.kind === 'newer') return true;
  const known = 'known' in verdict ? verdict.known : undefined;
  return known !== undefined && known.staple.kind !== 'usable';
}

/** The means of waiting for a server. */
interface Watch {
  readonly lookUp: LookUp;
  readonly circumstances: LiveCircumstances;
  readonly interruption: AbortSignal;
  readonly system: Pick<System, 'tls' | 'sleep' | 'elapsed'>;
}

/** Returns the result that is not as it should be; undefined if there is none. */
export function unservedIn(results: readonly LiveResult[]): LiveResult | undefined {
  // No reload helps a second certificate that is not in the configuration.
  const known = results.filter(({ verdict }) => verdict.kind !== 'other-certificate');
  return (known.length === 0 ? results : known).find((result) => !isServed(result));
}

/** Repeats the live check until the new response is served, or the checks or the time are used up: a reload takes time. */
export async function awaitServed(
  server: TlsServer,
  { lookUp, circumstances, interruption, system: { tls, sleep, elapsed } }: Watch,
): Promise<readonly LiveResult[]> {
  const begun = elapsed();
  for (let look = 1; ; look++) {
    const results = await checkLive(server, lookUp, circumstances, tls);
    const isOver = look >= LIMITS.liveLooks || elapsed() - begun >= LIMITS.liveWait || interruption.aborted;
    if (unservedIn(results) === undefined || isOver) return results;
    await sleep(LIMITS.livePause, interruption);
  }
}
