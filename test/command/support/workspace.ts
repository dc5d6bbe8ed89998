import type { CertificateOptions, TestCertificate } from '../../support/ca.js';
import { runOcspbot, type Run } from '../../support/run.js';
import { makeSandbox, type DomainEntry, type FileSnapshot, type Sandbox } from '../../support/sandbox.js';
import type { TestPki } from './test-pki.js';
import { makeStaple, type StapleName } from './staples.js';

export interface DomainOptions {
  readonly staple?: StapleName | undefined;
  readonly certificate?: Partial<CertificateOptions> | undefined;
  /** Further keys of the entry. */
  readonly entry?: Readonly<Record<string, unknown>> | undefined;
}

export interface Domain {
  readonly certificate: TestCertificate;
  readonly entry: DomainEntry;
  /** The path of the staple relative to the sandbox. */
  readonly file: string;
}

/** A folder with certificates, their configuration, and staples in `ocsp`. */
export interface Workspace {
  readonly sandbox: Sandbox;
  /** Adds a certificate with its files and its staple `ocsp/NAME.ocsp`. */
  add(name: string, options?: DomainOptions): Domain;
  /** Writes `ocspbot.yaml` with everything that was added, and with these keys. */
  configure(keys?: Readonly<Record<string, unknown>>): void;
  /** Runs `ocspbot ocspbot.yaml ARGS`. */
  run(...args: readonly string[]): Promise<Run>;
  /** Runs `ocspbot ARGS`. */
  runCommand(...args: readonly string[]): Promise<Run>;
  /** Returns the staple with its mode and inode; undefined if there is none. */
  staple(name: string): FileSnapshot | undefined;
}

export function makeWorkspace(pki: TestPki): Workspace {
  const sandbox = makeSandbox();
  sandbox.write('ocsp/.keep', '');
  sandbox.remove('ocsp/.keep');
  const entries: Record<string, unknown> = {};
  return {
    sandbox,
    add: (name, { staple = 'missing', certificate: options = {}, entry: keys = {} } = {}) => {
      const certificate = pki.issue(options);
      const entry = sandbox.writeCertificate(name, certificate);
      const file = `ocsp/${entry.ocsp}`;
      const bytes = makeStaple(staple, pki, certificate);
      if (bytes !== undefined) sandbox.write(file, bytes, 0o640);
      entries[name] = { ...entry, ...keys };
      return { certificate, entry, file };
    },
    configure: (keys = {}) => {
      sandbox.writeConfiguration({ ocsp_folder: 'ocsp', ...keys, domains: entries });
    },
    run: (...args) => runOcspbot(['ocspbot.yaml', ...args], { cwd: sandbox.folder }),
    runCommand: (...args) => runOcspbot(args, { cwd: sandbox.folder }),
    staple: (name) => sandbox.look(`ocsp/${name}.ocsp`),
  };
}
