import { once } from 'node:events';
import { connect } from 'node:tls';
import { execa } from 'execa';

/** Returns the output of `openssl s_client -status`, which verifies the certificate up to the root. */
export async function askWithOpenssl(port: number, name: string, root: string): Promise<string> {
  const target = ['-connect', `127.0.0.1:${port}`, '-servername', name];
  const trust = ['-CAfile', root, '-verify_hostname', name, '-verify_return_error'];
  const { all } = await execa('openssl', ['s_client', '-status', ...target, ...trust], {
    stdin: 'ignore',
    all: true,
  });
  return all;
}

/** The octets of the response that a server staples; none when it does not. */
export async function stapledBy(port: number, name: string, root: string): Promise<Uint8Array> {
  const options = { host: '127.0.0.1', port, servername: name, ca: root, requestOCSP: true };
  const socket = connect(options);
  try {
    const [stapled] = (await once(socket, 'OCSPResponse')) as [Uint8Array | null];
    return new Uint8Array(stapled ?? []);
  } finally {
    socket.destroy();
  }
}
