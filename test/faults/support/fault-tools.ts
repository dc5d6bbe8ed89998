import { afterEach } from 'vitest';
import { openTestPki, type TestPki } from '../../command/support/test-pki.js';
import type { TestCertificate } from '../../support/ca.js';
import { startProxy, type ProxyOptions, type TestProxy } from '../../support/proxy.js';
import { RawServer, type Answer } from '../../support/raw-server.js';
import { startTlsFront, type TlsFront } from '../../support/tls-front.js';
import type { TestNetwork } from './test-network.js';

/** Tools for making faults. Everything that they open is closed after the test. */
export interface FaultTools extends TestPki {
  /** The test network, for faults that need one. */
  readonly network: TestNetwork;
  /** A certificate for `localhost`, issued by the CA of these tests. */
  readonly localhost: TestCertificate;
  /** PEM of that CA's root. */
  readonly root: string;
  raw(answer: Answer | string): Promise<RawServer>;
  proxy(options?: ProxyOptions): Promise<TestProxy>;
  secure(port: number, certificate?: TestCertificate): Promise<TlsFront>;
}

/** Opens the tools. Call it at the top of a test file. */
export function openFaultTools(network: () => TestNetwork): FaultTools {
  const pki = openTestPki();
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
  });
  const keep = <T extends { close(): Promise<void> }>(one: T): T => {
    open.push(one);
    return one;
  };
  const localhost = pki.authority.issue({ subject: 'localhost' });
  return {
    authority: pki.authority,
    get responder() {
      return pki.responder;
    },
    get network() {
      return network();
    },
    issue: (options) => pki.issue(options),
    response: (...all) => pki.response(...all),
    requestsFor: (certificate) => pki.requestsFor(certificate),
    localhost,
    root: pki.authority.root.pem,
    raw: async (answer) => keep(await RawServer.start(answer)),
    proxy: async (options) => keep(await startProxy(options)),
    secure: async (port, certificate = localhost) => keep(await startTlsFront(port, certificate)),
  };
}
