import type { Sight } from '../services/live.js';
import { liveHint, liveMessage, shownServer } from '../services/live-wording.js';
import { formatHostPort } from '../text/host-port.js';
import { formatInstant } from '../time/instant.js';

/** One line: which server, and what visitors get. */
export function sightText({ server, verdict }: Sight): string {
  return `${shownServer(server)}  ${verdict.kind}  ${liveMessage(verdict)}`;
}

export function sightToJson({ server, verdict }: Sight): object {
  const served = 'served' in verdict ? verdict.served : undefined;
  const known = 'known' in verdict ? verdict.known : undefined;
  return {
    address: formatHostPort(server),
    servername: server.servername,
    starttls: server.starttls,
    verdict: verdict.kind,
    message: liveMessage(verdict),
    hint: liveHint(verdict),
    code: 'code' in verdict ? verdict.code : undefined,
    name: known?.name,
    file: known?.file,
    this_update: served && formatInstant(served.thisUpdate),
    useful_until: served && formatInstant(served.usefulUntil),
  };
}
