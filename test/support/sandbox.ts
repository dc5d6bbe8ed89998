import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import type { TestCertificate } from './certificates.js';

/** Paths in a sandbox are relative to its folder. */
export interface Sandbox {
  /** Absolute, without links in it. */
  readonly folder: string;
  path(name: string): string;
  /** Writes a file and the folders above it; returns the absolute path. */
  write(name: string, content: string | Uint8Array, mode?: number): string;
  read(name: string): Uint8Array;
  text(name: string): string;
  exists(name: string): boolean;
  remove(name: string): void;
  /** Names in a folder, sorted. */
  list(name?: string): string[];
  /** NAME/cert.pem, NAME/chain.pem and NAME/rootchain.pem, and an entry of `domains` that names them. */
  writeCertificate(name: string, certificate: TestCertificate): DomainEntry;
  /** A YAML file with the given content. */
  writeConfiguration(content: unknown, name?: string): string;
  /** What lies at a path; undefined for nothing. */
  look(name: string): FileSnapshot | undefined;
  /** Everything below a folder, to show later that nothing has changed. */
  snapshot(name?: string): Snapshot;
  dispose(): void;
}

export interface DomainEntry {
  readonly cert: string;
  readonly chain: string;
  readonly rootchain: string;
  readonly ocsp: string;
}

export type Snapshot = Readonly<Record<string, FileSnapshot>>;

export interface FileSnapshot {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly mode: string;
  readonly inode: number;
  /** Nanoseconds, of a file or a link. */
  readonly modified: string | undefined;
  /** Base64, or where a link points to. */
  readonly content: string | undefined;
}

/** A temporary folder. Within a test it goes when the test is over; elsewhere `dispose` is up to the caller. */
export function makeSandbox(): Sandbox {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ocspbot-test-')));
  const sandbox = new TemporaryFolder(folder);
  disposeAfterTest(() => sandbox.dispose());
  return sandbox;
}

function disposeAfterTest(dispose: () => void): void {
  try {
    onTestFinished(dispose);
  } catch {
    // Outside of a test there is nothing to finish.
  }
}

class TemporaryFolder implements Sandbox {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, content: string | Uint8Array, mode?: number): string {
    const path = this.path(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    if (mode !== undefined) chmodSync(path, mode);
    return path;
  }

  read(name: string): Uint8Array {
    return new Uint8Array(readFileSync(this.path(name)));
  }

  text(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  exists(name: string): boolean {
    return existsSync(this.path(name));
  }

  remove(name: string): void {
    rmSync(this.path(name), { recursive: true });
  }

  list(name = '.'): string[] {
    return readdirSync(this.path(name)).toSorted();
  }

  writeCertificate(name: string, certificate: TestCertificate): DomainEntry {
    const [issuers, root] = issuersOf(certificate);
    return {
      cert: this.write(`${name}/cert.pem`, certificate.pem),
      chain: this.write(`${name}/chain.pem`, issuers.map(({ pem }) => pem).join('')),
      rootchain: this.write(`${name}/rootchain.pem`, root.pem),
      ocsp: `${name}.ocsp`,
    };
  }

  writeConfiguration(content: unknown, name = 'ocspbot.yaml'): string {
    return this.write(name, stringify(content));
  }

  look(name: string): FileSnapshot | undefined {
    return snapshotOf(this.path(name));
  }

  snapshot(name = '.'): Snapshot {
    const names = readdirSync(this.path(name), { recursive: true, encoding: 'utf8' }).toSorted();
    const found = names.flatMap((one) => {
      const facts = snapshotOf(this.path(join(name, one)));
      return facts === undefined ? [] : [[one, facts] as const];
    });
    return Object.fromEntries(found);
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The CAs below the root, or the root alone where it issues; and the root. */
function issuersOf(certificate: TestCertificate): [TestCertificate[], TestCertificate] {
  const issuers: TestCertificate[] = [];
  for (let one = certificate.issuer; one !== undefined; one = one.issuer) issuers.push(one);
  const root = issuers.at(-1) ?? certificate;
  return [issuers.length > 1 ? issuers.slice(0, -1) : issuers, root];
}

/** Returns undefined for a file that went while it was looked at, as a temporary file of a run does. */
function snapshotOf(path: string): FileSnapshot | undefined {
  try {
    return readSnapshot(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function readSnapshot(path: string): FileSnapshot {
  const facts = lstatSync(path, { bigint: true });
  const common = { mode: (Number(facts.mode) & 0o7777).toString(8), inode: Number(facts.ino) };
  const modified = String(facts.mtimeNs);
  if (facts.isSymbolicLink()) return { kind: 'link', ...common, modified, content: readlinkSync(path) };
  if (facts.isFile()) return { kind: 'file', ...common, modified, content: readFileSync(path, 'base64') };
  // A folder's own time changes with a lock or a temporary file that came and went.
  return {
    kind: facts.isDirectory() ? 'folder' : 'other',
    ...common,
    modified: undefined,
    content: undefined,
  };
}
