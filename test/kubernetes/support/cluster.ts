import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { TestPki } from '../../command/support/test-pki.js';
import type { TestCertificate } from '../../support/ca.js';
import { keyToPem } from '../../support/keys.js';
import { PROGRAM, type Run, runOcspbot } from '../../support/run.js';
import { makeSandbox, type Sandbox } from '../../support/sandbox.js';
import { type Answer, type ApiServer, type ApiServerOptions, startApiServer } from './api-server.js';
import type { NewSecret } from './secret-store.js';

export const STAPLE = 'tls.ocsp-staple';
/** A text in each private key of the cluster, that must occur nowhere. */
const CANARY = 'CANARY/of/a/private/key';

/** A cluster whose Secrets have the label `ocsp=staple`, and a pod in it that runs ocspbot. */
export interface Cluster {
  readonly api: ApiServer;
  readonly sandbox: Sandbox;
  /** The environment of the pod. */
  readonly env: Readonly<Record<string, string>>;
  /** Makes a TLS Secret with a new certificate and its chain, and returns the certificate. */
  secret(name: string, more?: Partial<NewSecret>): TestCertificate;
  /** Writes the configuration anew; these are keys of `kubernetes`, and top-level keys. */
  configure(kubernetes?: Readonly<Record<string, unknown>>, top?: Readonly<Record<string, unknown>>): void;
  /** Runs `ocspbot ocspbot.yaml ARGS` in the pod. */
  run(...args: readonly string[]): Promise<Run>;
  /** Returns the texts, of these and of all files of the pod, in which the canary or a private key occurs. */
  leaks(...texts: readonly string[]): string[];
}

export async function startCluster(pki: TestPki, options: ApiServerOptions = {}): Promise<Cluster> {
  const api = await startApiServer(options);
  const sandbox = makeSandbox();
  sandbox.write('account/ca.crt', api.ca);
  sandbox.write('account/token', 'token-1\n');
  const host = options.address ?? 'localhost';
  const env = { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: String(api.port) };
  const secrets = formsOf(CANARY);
  const cluster: Cluster = {
    api,
    sandbox,
    env,
    secret(name, more = {}) {
      const certificate = pki.issue({ subject: name });
      const key = keyToPem(certificate.key);
      secrets.push(...formsOf(key.split('\n')[1] ?? ''));
      const data = {
        'tls.crt': certificate.pem + pki.authority.intermediate.pem,
        'tls.key': `${CANARY}\n${key}`,
        ...more.data,
      };
      api.put(name, { labels: { ocsp: 'staple' }, ...more, data });
      return certificate;
    },
    configure(kubernetes = {}, top = {}) {
      const usual = { namespaces: ['gateways'], labels: 'ocsp=staple', service_account: 'account' };
      sandbox.writeConfiguration({ state_folder: 'state', ...top, kubernetes: { ...usual, ...kubernetes } });
    },
    run: (...args) => runOcspbot(['ocspbot.yaml', ...args], { cwd: sandbox.folder, env }),
    leaks(...texts) {
      const files = readdirSync(sandbox.folder, { recursive: true, withFileTypes: true });
      const paths = files.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
      const written = paths.map((path) => `${path}: ${readFileSync(path, 'latin1')}`);
      return [...texts, ...written].filter((text) => secrets.some((secret) => text.includes(secret)));
    },
  };
  cluster.configure();
  return cluster;
}

/** Returns the forms in which a text may leak: itself, and its base64 at each of the three places of a group. */
function formsOf(text: string): string[] {
  const shifted = [0, 1, 2].map((skip) => Buffer.from(text.slice(skip)).toString('base64').slice(0, -4));
  return [text, ...shifted];
}

/** Starts a run in the pod, and does not wait for its end. */
export function startRun({ sandbox, env }: Cluster, ...nodeOptions: readonly string[]) {
  const args = [...nodeOptions, PROGRAM, 'ocspbot.yaml', '--exit', 'simple'];
  return execa(process.execPath, args, { cwd: sandbox.folder, env: { ...env, TZ: 'UTC' }, reject: false });
}

/** Answers the first request of a verb in another way, and reports when it has come. */
export function onFirst(verb: string, answer: Answer, { api }: Cluster): Promise<void> {
  return new Promise((resolve) => {
    api.before = (given) => {
      if (given !== verb) return undefined;
      api.before = () => undefined;
      setImmediate(resolve);
      return answer;
    };
  });
}
