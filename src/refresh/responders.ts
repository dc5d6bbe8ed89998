import type { Configuration } from '../configuration/model.js';
import { LIMITS } from '../defaults.js';
import { makeCertId } from '../ocsp/cert-id.js';
import { chooseProxies } from '../network/proxies.js';
import type { Http, HttpOptions } from '../system/interfaces.js';
import type { System } from '../system/system.js';
import type { Transport } from '../transport/fetch.js';
import { VERSION } from '../version.js';
import type { Answer, Note, Source, Wanted } from './source.js';

type Settings = Pick<Configuration, 'http' | 'parallel'>;

/** Asks the responders of each certificate. The transport, and all that it needs, is loaded with the first question. */
export function askResponders(
  { http, parallel }: Settings,
  system: Pick<System, 'openHttp' | 'randomBytes' | 'environment'>,
  stop: AbortSignal,
): Source {
  const ways = { proxyFor: chooseProxies(http, system.environment), caFile: http.caFile };
  const transport = openTransport(system, { connectionsPerHost: parallel, ...ways, stop });
  const obtain = async ({ entry, question, responders }: Wanted, note: Note): Promise<Answer> => {
    const { fetchResponse } = await import('../transport/fetch.js');
    const { recording } = await import('../transport/recording.js');
    const recorded = { ...transport, http: async () => recording(await transport.http(), ways, note) };
    const certId = makeCertId(http.hash, question.issuer, question.serialNumber);
    const nonce = http.nonce ? system.randomBytes(LIMITS.nonceLength) : undefined;
    const wanted = { certificateUrls: responders, override: entry.responder, certId, nonce };
    const { body, responder } = await fetchResponse(wanted, http, recorded);
    return { body, origin: { responder }, asked: { hash: http.hash, nonce } };
  };
  return { kind: 'responders', obtain, close: () => transport.close() };
}

/** The HTTP client of a run: opened with the first request, shared by all, closed at the end. */
function openTransport(
  system: Pick<System, 'openHttp'>,
  options: HttpOptions,
): Transport & { close(): Promise<void> } {
  let client: Promise<Http> | undefined;
  return {
    userAgent: `ocspbot/${VERSION}`,
    http: () => (client ??= system.openHttp(options)),
    close: async () => (await client)?.close(),
  };
}
