import { closedUrl } from '../support/port.js';
import { HASTY, type Arrangement, type Fault } from './support/fault.js';
import type { FaultTools } from './support/fault-tools.js';

function fault(
  name: string,
  arrange: Fault['arrange'],
  outcome: string,
  says: RegExp,
  waits?: number,
): Fault {
  return { name, arrange, outcome, says, ...(waits === undefined ? {} : { waits }) };
}

/** Returns a URL of the responder at an address of the test network. */
function inTestNetwork(host: string, address: string, http: Arrangement['http'] = {}): Fault['arrange'] {
  return async (tools: FaultTools) => {
    const { port } = tools.responder;
    await tools.network.publish(address, port, port);
    return { url: `http://${host}:${port}/`, inTestNetwork: true, http };
  };
}

async function throughProxy(
  tools: FaultTools,
  options: Parameters<FaultTools['proxy']>[0],
  configurationFor: (url: string) => Omit<Arrangement, 'url'>,
): Promise<Arrangement> {
  const proxy = await tools.proxy({ hosts: { 'ocsp.example': tools.responder.port }, ...options });
  return { url: 'http://ocsp.example/', ...configurationFor(proxy.url) };
}

const byKey = (url: string) => ({ http: { proxy: url } });
const SECRET = 'me:s3cret@';
const withSecret = (url: string) => ({ http: { proxy: url.replace('://', `://${SECRET}`) } });

/** Faults of the network between ocspbot and a responder. */
export const NETWORKS: readonly Fault[] = [
  fault('no fault', () => ({}), 'updated absent', /good until/),
  fault(
    'nobody listens',
    async () => ({ url: await closedUrl() }),
    'failed connection-failed',
    /no answer from 127\.0\.0\.1:\d+ \(connect ECONNREFUSED/,
  ),
  fault(
    'a name that is not there',
    () => ({ url: 'http://ocsp.invalid/' }),
    'failed dns-failure',
    /the name of ocsp\.invalid:80 could not be looked up \(getaddrinfo/,
  ),
  fault(
    'the connection is accepted, and that is all',
    async (tools) => ({ url: (await tools.raw(() => {})).url, http: HASTY }),
    'failed timeout',
    /no answer from 127\S+ within 3 s/,
    3,
  ),
  fault(
    'the connection is closed',
    async (tools) => ({ url: (await tools.raw((socket) => socket.end())).url }),
    'failed connection-failed',
    /no answer from 127\S+ \(it was closed\)/,
  ),
  fault(
    'a reset before the answer',
    async (tools) => ({ url: (await tools.raw((socket) => socket.resetAndDestroy())).url }),
    'failed connection-failed',
    /no answer from 127\S+ \(read ECONNRESET\)/,
  ),
  fault(
    'a reset in the middle',
    () => ({ mode: 'reset' }),
    'failed connection-failed',
    /broke after \d+ of \d+ bytes of body \(read ECONNRESET\)/,
  ),
  fault(
    'silence in the middle',
    () => ({ mode: 'stall-body', http: HASTY }),
    'failed timeout',
    /not complete after 3 s \(\d+ of \d+ bytes/,
    3,
  ),
  fault(
    'https by a CA that nobody knows',
    async (tools) => ({ url: (await tools.secure(tools.responder.port)).url }),
    'failed tls-failure',
    /no TLS connection to localhost:\d+ at 127\.0\.0\.1 \(unable to (get local issuer|verify)/,
  ),
  fault(
    'https by the CA of http.ca_file',
    async (tools) => ({
      url: (await tools.secure(tools.responder.port)).url,
      http: { ca_file: 'ca.pem' },
      files: { 'ca.pem': tools.root },
    }),
    'updated absent',
    /good until/,
  ),
  fault(
    'https by a CA of the system',
    async (tools) => ({
      url: (await tools.secure(tools.responder.port)).url,
      env: { SSL_CERT_FILE: 'ca.pem' },
      files: { 'ca.pem': tools.root },
    }),
    'updated absent',
    /good until/,
  ),
  fault(
    'https with a certificate that has expired',
    expired,
    'failed tls-failure',
    /\(certificate has expired\)/,
  ),
  fault(
    'https with a certificate of another name',
    otherName,
    'failed tls-failure',
    /\(Hostname\/IP does not match/,
  ),
  fault(
    'https that is http',
    ({ responder }) => ({ url: responder.url.replace('http:', 'https:') }),
    'failed tls-failure',
    /no TLS connection to 127\S+ \(.*wrong version number/,
  ),
  fault('a proxy by http.proxy', (tools) => throughProxy(tools, {}, byKey), 'updated absent', /good until/),
  fault(
    'a proxy by the environment',
    (tools) => throughProxy(tools, {}, (url) => ({ env: { http_proxy: url } })),
    'updated absent',
    /good until/,
  ),
  fault(
    'a proxy that knows us',
    (tools) => throughProxy(tools, { credentials: 'me:s3cret' }, withSecret),
    'updated absent',
    /good until/,
  ),
  fault(
    'a proxy that does not',
    (tools) => throughProxy(tools, { credentials: 'you:other' }, withSecret),
    'failed proxy-failure',
    /through the proxy http:\/\/127\S+ answered with status 407, and the body begins with "<html>Who are you\?/,
  ),
  fault(
    'a proxy that makes no tunnel',
    async (tools) => ({
      url: 'https://ocsp.example/',
      ...withSecret((await tools.proxy({ refusal: 403 })).url),
    }),
    'failed proxy-failure',
    /the proxy http:\/\/127\S+ answered CONNECT ocsp\.example:443 with status 403/,
  ),
  fault(
    'a proxy that is down',
    async () => ({ url: 'http://ocsp.example/', ...withSecret(await closedUrl()) }),
    'failed connection-failed',
    /no answer from the proxy http:\/\/127\S+ \(connect ECONNREFUSED/,
  ),
  fault(
    'a proxy that says nothing',
    async (tools) => ({
      url: 'https://ocsp.example/',
      http: { ...withSecret((await tools.raw(() => {})).url).http, ...HASTY },
    }),
    'failed timeout',
    /no answer from the proxy http:\/\/127\S+ to CONNECT within 1 s/,
    1,
  ),
  fault(
    'a proxy that is a login page',
    async (tools) => ({
      url: 'http://ocsp.example/',
      ...withSecret(
        (
          await tools.raw(
            'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 11\r\n\r\n<html>login',
          )
        ).url,
      ),
    }),
    'failed media-type',
    /through the proxy http:\/\/127\S+ answered with the media type "text\/html".*captive portal/,
  ),
  fault(
    'a proxy of another kind in the environment',
    () => ({ env: { ALL_PROXY: `socks5://${SECRET}localhost:1080` } }),
    'failed proxy-failure',
    /the environment variable ALL_PROXY names a proxy of the kind socks5/,
  ),
  fault(
    'the time of the run is over',
    () => ({ mode: 'stall', keys: { run_timeout: '6s' } }),
    'failed run-timeout',
    /the time of the run, 6 seconds, is over/,
    6,
  ),
];

/** Faults that need the test network. */
export const OTHER_NETWORKS: readonly Fault[] = [
  fault(
    'name servers that never answer',
    () => ({ url: 'http://lost.example/', inTestNetwork: true, http: HASTY }),
    'failed timeout',
    /the name of lost\.example:80 could not be looked up within 1 s/,
    2,
  ),
  fault(
    'an address that never answers',
    inTestNetwork('dead.example', '127.0.0.1', HASTY),
    'failed timeout',
    /no connection to dead\.example:\d+ \(203\.0\.113\.9\) within 1 s/,
    1,
  ),
  fault(
    'IPv6 refused, IPv4 well',
    inTestNetwork('refused6.example', '127.0.0.1'),
    'updated absent',
    /good until/,
  ),
  fault(
    'IPv6 never answers, IPv4 well',
    inTestNetwork('dead6.example', '127.0.0.1', { connect_timeout: '4s' }),
    'updated absent',
    /good until/,
    1,
  ),
  fault(
    'IPv4 never answers, IPv6 well',
    inTestNetwork('dead4.example', '::1', { connect_timeout: '4s' }),
    'updated absent',
    /good until/,
    1,
  ),
];

async function expired(tools: FaultTools): Promise<Arrangement> {
  const certificate = tools.authority.issue({ subject: 'localhost', notAfter: Date.now() - 86_400_000 });
  const { url } = await tools.secure(tools.responder.port, certificate);
  return { url, http: { ca_file: 'ca.pem' }, files: { 'ca.pem': tools.root } };
}

async function otherName(tools: FaultTools): Promise<Arrangement> {
  const certificate = tools.authority.issue({ subject: 'ocsp.example' });
  const { url } = await tools.secure(tools.responder.port, certificate);
  return { url, http: { ca_file: 'ca.pem' }, files: { 'ca.pem': tools.root } };
}
