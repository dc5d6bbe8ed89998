import { X509Certificate } from 'node:crypto';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { readCertificate } from '../../../src/x509/certificate.js';
import { startServer } from '../../servers/support/server.js';
import { freePort } from '../../support/port.js';
import { keyToPem, type Authority, type TestCertificate } from '../../support/ca.js';
import { keyFromPem } from '../../support/keys.js';
import type { Sandbox } from '../../support/sandbox.js';

/** An ACME server for tests, which believes every challenge. */
export interface AcmeServer {
  readonly directory: string;
  /** The CA of its own server certificate. */
  readonly caFile: string;
  /** The issuer of all certificates. */
  readonly issuer: TestCertificate;
}

/** Starts pebble, whose certificates name the responder, until the test is over. */
export async function startPebble(
  pebble: string,
  sandbox: Sandbox,
  { authority, ocspUrl }: { readonly authority: Authority; readonly ocspUrl: string },
): Promise<AcmeServer> {
  const [port, managementPort] = [await freePort(), await freePort()];
  const server = authority.issue({ subject: 'localhost' });
  const settings = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${managementPort}`,
    certificate: sandbox.write('pebble/server.pem', server.pem + authority.intermediate.pem),
    privateKey: sandbox.write('pebble/server.key', keyToPem(server.key)),
    ocspResponderURL: ocspUrl,
  };
  const file = sandbox.write('pebble/pebble.json', JSON.stringify({ pebble: settings }));
  const ready = async (): Promise<boolean> => {
    try {
      await fetchManaged(managementPort, '/roots/0');
      return true;
    } catch {
      return false;
    }
  };
  await startServer([pebble, '-config', file], ready, {
    PEBBLE_VA_ALWAYS_VALID: '1',
    PEBBLE_VA_NOSLEEP: '1',
    PEBBLE_WFE_NONCEREJECT: '0',
  });
  return {
    directory: `https://localhost:${port}/dir`,
    caFile: sandbox.write('pebble/ca.pem', authority.root.pem),
    issuer: issuerOf(
      await fetchManaged(managementPort, '/intermediates/0'),
      await fetchManaged(managementPort, '/intermediate-keys/0'),
    ),
  };
}

/** Fetches from the interface by which pebble gives away its keys. Its certificate is of no CA that matters here. */
async function fetchManaged(port: number, path: string): Promise<string> {
  const agent = new Agent({ rejectUnauthorized: false });
  const [answer] = (await once(request({ host: '127.0.0.1', port, path, agent }).end(), 'response')) as [
    IncomingMessage,
  ];
  return await text(answer);
}

function issuerOf(pem: string, keyPem: string): TestCertificate {
  const { raw, validFrom, validTo } = new X509Certificate(pem);
  const der = new Uint8Array(raw);
  const { subject, serialNumber } = readCertificate(der);
  return {
    der,
    pem,
    key: keyFromPem('rsa-2048', keyPem),
    name: subject,
    serial: serialNumber,
    serialHex: Buffer.from(serialNumber).toString('hex').toUpperCase(),
    notBefore: Date.parse(validFrom),
    notAfter: Date.parse(validTo),
    issuer: undefined,
  };
}
