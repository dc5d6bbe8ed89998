import { afterEach } from 'vitest';
import { openStage, type Stage } from '../../command/support/stage.js';
import type { TestCertificate } from '../../support/ca.js';
import { startProxy, type ProxyOptions, type TestProxy } from '../../support/proxy.js';
import { RawServer, type Answer } from '../../support/raw-server.js';
import { startTlsFront, type TlsFront } from '../../support/tls-front.js';
import type { World } from './world.js';

/** What faults are made with. Whatever is opened is closed after the test. */
export interface Bench extends Stage {
  /** The network of its own, for faults that need one. */
  readonly world: World;
  /** For `localhost`, by the CA of the stage. */
  readonly localhost: TestCertificate;
  /** PEM of that CA's root. */
  readonly root: string;
  raw(answer: Answer | string): Promise<RawServer>;
  proxy(options?: ProxyOptions): Promise<TestProxy>;
  secure(port: number, certificate?: TestCertificate): Promise<TlsFront>;
  /** Where nobody listens. */
  nowhere(): Promise<string>;
}

/** To be called at the top of a test file. */
export function openBench(world: () => World): Bench {
  const stage = openStage();
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()));
  });
  const keep = <T extends { close(): Promise<void> }>(one: T): T => {
    open.push(one);
    return one;
  };
  const localhost = stage.authority.issue({ subject: 'localhost' });
  return {
    authority: stage.authority,
    get responder() {
      return stage.responder;
    },
    get world() {
      return world();
    },
    issue: (options) => stage.issue(options),
    response: (...all) => stage.response(...all),
    requestsFor: (certificate) => stage.requestsFor(certificate),
    localhost,
    root: stage.authority.root.pem,
    raw: async (answer) => keep(await RawServer.start(answer)),
    proxy: async (options) => keep(await startProxy(options)),
    secure: async (port, certificate = localhost) => keep(await startTlsFront(port, certificate)),
    nowhere: async () => {
      const server = await RawServer.start('');
      const { url } = server;
      await server.close();
      return url;
    },
  };
}
