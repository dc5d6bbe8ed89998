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
  /** Relative to the sandbox. */
  readonly file: string;
}

/** A folder with certificates, a configuration for them, and staples below `ocsp`. */
export interface Workspace {
  readonly sandbox: Sandbox;
  /** A certificate with its files and, in `ocsp/NAME.ocsp`, its staple. */
  add(name: string, options?: DomainOptions): Domain;
  /** Writes `ocspbot.yaml` with all that was added; `keys` come before. */
  configure(keys?: Readonly<Record<string, unknown>>): void;
  /** `ocspbot ocspbot.yaml`, and what follows. */
  run(...args: readonly string[]): Promise<Run>;
  /** `ocspbot`, and what follows. */
  runCommand(...args: readonly string[]): Promise<Run>;
  /** The staple with its mode and inode; undefined where there is none. */
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
    staple: (name) => sandbox.snapshot('ocsp')[`${name}.ocsp`],
  };
}
