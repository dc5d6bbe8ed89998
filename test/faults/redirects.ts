import type { Arrangement, Fault } from './support/fault.js';
import type { FaultTools } from './support/fault-tools.js';
import { ADDRESSES } from './support/test-network.js';

function fault(name: string, arrange: Fault['arrange'], outcome: string, says: RegExp): Fault {
  return { name: `a redirect ${name}`, arrange, outcome, says };
}

function to(target: string, status = 302): Fault['arrange'] {
  return () => ({ mode: { kind: 'redirect', to: target, status } });
}

/** Redirects from a responder on the Internet to another address of the test network, which would send a good response. */
function across(target: string): Fault['arrange'] {
  return async (tools: FaultTools): Promise<Arrangement> => {
    const door = await tools.raw(
      `HTTP/1.1 302 Found\r\nLocation: http://${target}/\r\nContent-Length: 0\r\n\r\n`,
    );
    await tools.network.publish(ADDRESSES.public, door.port, door.port);
    return { url: `http://public.example:${door.port}/`, inTestNetwork: true };
  };
}

/** Redirects that responders may send. */
export const REDIRECTS: readonly Fault[] = [
  fault('without a target', to('', 301), 'failed redirect-refused', /answered 301 without saying where to/),
  fault(
    'in a circle',
    () => ({ mode: 'redirect-loop' }),
    'failed redirect-refused',
    /redirected more than 3 times/,
  ),
  fault(
    'to a file',
    to('file:///etc/passwd'),
    'failed redirect-refused',
    /"file:\/\/\/etc\/passwd" is neither http nor https/,
  ),
  fault('to gopher', to('gopher://localhost/'), 'failed redirect-refused', /neither http nor https/),
  fault(
    'to https with a bad certificate',
    toBadCertificate,
    'failed tls-failure',
    /no TLS connection to localhost:\d+ at 127\.0\.0\.1 \(.*\), after a redirect from http:/,
  ),
  fault(
    'to the metadata of a cloud',
    to('http://169.254.169.254/latest/meta-data/'),
    'failed redirect-refused',
    /169\.254\.169\.254 is a link-local address, where 127\.0\.0\.1 may not lead, after a redirect/,
  ),
  fault(
    'to the same, in other figures',
    to('http://0xa9fea9fe/'),
    'failed redirect-refused',
    /169\.254\.169\.254 is a link-local/,
  ),
  fault(
    'to the same, in IPv6',
    to('http://[::ffff:169.254.169.254]/'),
    'failed redirect-refused',
    /is a link-local/,
  ),
];

/** From a public address, which needs a network of its own. */
export const PUBLIC_REDIRECTS: readonly Fault[] = [
  fault(
    'to the same, by a name',
    across('metadata.example'),
    'failed redirect-refused',
    /metadata\.example \(169\.254\.169\.254\) is a link-local address, where 198\.51\.100\.7 may not lead/,
  ),
  fault(
    'from the Internet to this machine',
    across('localhost'),
    'failed redirect-refused',
    /localhost \(127\.0\.0\.1\) is a loopback address, where 198\.51\.100\.7 may not lead/,
  ),
  fault(
    'from the Internet to a private address',
    across('private.example'),
    'failed redirect-refused',
    /private\.example \(10\.0\.0\.7\) is a private address/,
  ),
  ...['64:ff9b:1::808:808', '2001:0:808:808:0:0:f7f7:f7f7', '5f00::1'].map((address) =>
    fault(
      `from the Internet to ${address}`,
      across(`[${address}]`),
      'failed redirect-refused',
      /is a special-purpose address, where 198\.51\.100\.7 may not lead/,
    ),
  ),
  fault('from the Internet to a name with a public address too', mixed, 'updated absent', /good until/),
];

async function toBadCertificate(tools: FaultTools): Promise<Arrangement> {
  const front = await tools.secure(tools.responder.port);
  return { mode: { kind: 'redirect', to: front.url } };
}

async function mixed(tools: FaultTools): Promise<Arrangement> {
  const { port } = tools.responder;
  await tools.network.publish(ADDRESSES.public, port, port);
  await tools.network.publish(ADDRESSES.metadata, port, port);
  // The first answer comes from the responder itself, so that a redirect keeps the question in its path.
  const door = await tools.raw((socket, { head }) => {
    const path = head.split(' ')[1];
    socket.write(
      `HTTP/1.1 307 Moved\r\nLocation: http://mixed.example:${port}${path}\r\nContent-Length: 0\r\n\r\n`,
    );
  });
  await tools.network.publish(ADDRESSES.public, door.port, door.port);
  return { url: `http://public.example:${door.port}/`, inTestNetwork: true };
}
