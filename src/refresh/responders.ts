import type { Configuration } from '../configuration/model.js';
import { LIMITS } from '../defaults.js';
import { makeCertId } from '../ocsp/cert-id.js';
import type { Http } from '../system/interfaces.js';
import type { System } from '../system/system.js';
import type { Transport } from '../transport/fetch.js';
import { VERSION } from '../version.js';
import type { Answer, Source, Wanted } from './source.js';

type Settings = Pick<Configuration, 'http' | 'parallel'>;

/** Asks the responders of each certificate. The transport, and all that it needs, is loaded with the first question. */
export function askResponders(
  { http, parallel }: Settings,
  system: Pick<System, 'openHttp' | 'randomBytes'>,
): Source {
  const transport = openTransport(system, parallel);
  const obtain = async ({ entry, question, responders }: Wanted): Promise<Answer> => {
    const { fetchResponse } = await import('../transport/fetch.js');
    const certId = makeCertId(http.hash, question.issuer, question.serialNumber);
    const nonce = http.nonce ? system.randomBytes(LIMITS.nonceLength) : undefined;
    const wanted = { certificateUrls: responders, override: entry.responder, certId, nonce };
    const { body, responder } = await fetchResponse(wanted, http, transport);
    return { body, origin: { responder }, asked: { hash: http.hash, nonce } };
  };
  return { kind: 'responders', obtain, close: () => transport.close() };
}

/** The HTTP client of a run: opened with the first request, shared by all, closed at the end. */
function openTransport(
  system: Pick<System, 'openHttp'>,
  connectionsPerHost: number,
): Transport & { close(): Promise<void> } {
  let client: Promise<Http> | undefined;
  return {
    userAgent: `ocspbot/${VERSION}`,
    http: () => (client ??= system.openHttp({ connectionsPerHost })),
    close: async () => (await client)?.close(),
  };
}
