import { remedyFor } from '../ocsp/verify/advice.js';
import { formatHostPort } from '../util/host-port.js';
import { formatInstant } from '../util/time.js';
import type { LiveResult } from './live.js';
import type { KnownCertificate, LiveVerdict } from './types.js';

type Older = Extract<LiveVerdict, { kind: 'older' }>;

/**
 * Formats a server as `smtp://HOST:PORT (SERVERNAME) KEY`; the scheme is that of STARTTLS, the name is given if it differs,
 * and the key if the server has several.
 */
export function shownServer({ server, key }: Pick<LiveResult, 'server' | 'key'>): string {
  const { host, servername, starttls } = server;
  const scheme = starttls === undefined ? '' : `${starttls}://`;
  const name = servername === undefined || servername === host ? '' : ` (${servername})`;
  return scheme + formatHostPort(server) + name + (key === undefined ? '' : ` ${key}`);
}

/** Describes in a line which server was checked, and what its clients get. */
export function liveResultText(result: LiveResult): string {
  const { verdict } = result;
  return `${shownServer(result)}  ${verdict.kind}  ${liveMessage(verdict)}`;
}

export function liveMessage(verdict: LiveVerdict): string {
  switch (verdict.kind) {
    case 'same':
      return `serves the response in ${verdict.known.file}, good until ${formatInstant(verdict.served.usefulUntil)}`;
    case 'older':
      return olderMessage(verdict);
    case 'newer':
      return `serves the response of ${formatInstant(verdict.served.thisUpdate)}, which is newer than what is in ${verdict.known.file}`;
    case 'good':
      return `serves a response that is good until ${formatInstant(verdict.served.usefulUntil)}`;
    case 'absent':
      return 'serves no response';
    case 'not-applicable':
      return 'serves no response, nor can it: the certificate names no OCSP responder';
    case 'expired':
      return `serves a response that is unusable by now: ${verdict.problem}`;
    case 'foreign':
      return `serves a response for another certificate: ${verdict.problem}`;
    case 'refused':
      return `serves a response that clients refuse: ${verdict.problem} [${verdict.code}]`;
    case 'other-certificate':
      return `serves a certificate that is not in the configuration: ${verdict.subject}`;
    case 'unreachable':
      return `could not be looked at: ${verdict.problem}`;
  }
}

function olderMessage({ served, installed, known: { file } }: Older): string {
  const [one, other] = [served, installed].map(({ thisUpdate }) => formatInstant(thisUpdate));
  if (one !== other) return `still serves the response of ${one}; that in ${file} is of ${other}`;
  const [first, longer] = [served, installed].map(({ usefulUntil }) => formatInstant(usefulUntil));
  return `still serves the response that is good until ${first}; that in ${file} is until ${longer}`;
}

/** Returns what to do about a result; undefined if nothing is wrong. */
export function liveHint({ verdict, key }: Pick<LiveResult, 'verdict' | 'key'>): string | undefined {
  switch (verdict.kind) {
    case 'same':
    case 'newer':
    case 'good':
    case 'not-applicable':
      return undefined;
    case 'older':
      return 'reload the server: it still has the old one';
    case 'absent':
      return hasGood(verdict.known)
        ? 'reload the server; where that does not help, see that its configuration staples that file'
        : 'run ocspbot, then reload the server, and see that its configuration staples the file';
    case 'foreign':
      return key === undefined ? hintForBad(verdict) : ONE_FILE;
    case 'expired':
    case 'refused':
      return hintForBad(verdict);
    case 'other-certificate':
      return 'reload the server if its certificate was renewed; else add it to the configuration, or name it with servername';
    case 'unreachable':
      return verdict.hint;
  }
}

function hintForBad({ known, code }: Extract<LiveVerdict, { code: unknown }>): string {
  if (hasGood(known)) return `reload the server: the response in ${known?.file} is good`;
  return code === 'certid-mismatch' ? 'run ocspbot, then reload the server' : remedyFor(code);
}

const ONE_FILE =
  'reload the server; if it staples one file for certificates of different keys, let both entries name this file under "ocsp", or give each certificate a server block of its own';

function hasGood(known: KnownCertificate | undefined): boolean {
  return known?.staple.kind === 'usable';
}
