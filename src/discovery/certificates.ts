import { dirname, join } from 'node:path';
import { LIMITS } from '../util/limits.js';
import { OcspbotError } from '../util/errors.js';
import { sha256, toHex } from '../util/bytes.js';
import { isCa } from '../x509/ca.js';
import type { Certificate } from '../x509/certificate.js';
import { findLeaf, issuerAmong } from '../x509/chain.js';
import { loadBundle } from '../x509/load.js';
import { orUndefined, type DiscoveryFiles } from './files.js';
import type { FoundCertificate } from './model.js';

/** The certificate of a CA, and the files that have it: thousands of servers may have a copy each. */
interface Issuer {
  readonly certificate: Certificate;
  /** The first file of each folder, by the server's certificate in the same file: NO_LEAF if it has only CA certificates. */
  readonly files: Map<string, Map<string, string>>;
}

const NO_LEAF = '';

/** The certificates of files, each read once, and the CA certificates that were seen in any of them. */
export class CertificateStore {
  readonly #files: DiscoveryFiles;
  readonly #read = new Map<string, FoundCertificate | OcspbotError>();
  /** CA certificates by their subjects, each once. */
  readonly #issuers = new Map<string, Map<string, Issuer>>();
  readonly #searched = new Set<string>();

  constructor(files: DiscoveryFiles) {
    this.#files = files;
  }

  /** Reads a file. Nothing but its certificates is kept: a private key in it is never looked at. */
  load(path: string): FoundCertificate | OcspbotError {
    const known = this.#read.get(path);
    if (known !== undefined) return known;
    const found = this.#load(path);
    this.#read.set(path, found);
    if (!(found instanceof OcspbotError)) this.#remember(found);
    return found;
  }

  /**
   * Finds a file with the issuer of a certificate: its name **and** its key signed it. The chain of another server's
   * certificate is left alone, because the next renewal of that one may replace the issuer.
   */
  fileOfIssuer(certificate: Certificate, beside: readonly string[]): string | undefined {
    for (const path of beside) this.search(dirname(path));
    const leaves = [NO_LEAF, sha256(certificate.der)];
    const candidates = [...(this.#issuers.get(toHex(certificate.issuer))?.values() ?? [])].filter(
      ({ files }) => leaves.some((leaf) => files.has(leaf)),
    );
    const issuer = issuerAmong(
      certificate,
      candidates.map((candidate) => candidate.certificate),
    );
    const found = candidates.find((candidate) => candidate.certificate === issuer);
    const places = leaves.flatMap((leaf) => found?.files.get(leaf) ?? []);
    const near = beside.flatMap((path) => places.flatMap((place) => place.get(dirname(path)) ?? []));
    return near[0] ?? places[0]?.values().next().value;
  }

  /** Reads the small files of a folder once. */
  search(folder: string): void {
    if (this.#searched.has(folder)) return;
    this.#searched.add(folder);
    const names = orUndefined(() => this.#files.entries(folder)) ?? [];
    for (const { name, kind } of names.slice(0, LIMITS.namesWalked))
      if ((kind === 'file' || kind === 'link') && !/\.(?:key|ocsp|ocsp-resp)$|privkey/.test(name))
        this.load(join(folder, name));
  }

  #load(path: string): FoundCertificate | OcspbotError {
    try {
      const { certificates } = loadBundle(path, this.#files, 'any');
      return { path, certificate: findLeaf(certificates), bundle: certificates };
    } catch (error) {
      if (error instanceof OcspbotError) return error;
      throw error;
    }
  }

  #remember({ path, certificate: first, bundle }: FoundCertificate): void {
    const leaf = isCa(first) ? NO_LEAF : sha256(first.der);
    for (const certificate of bundle.filter(isCa)) {
      const known = entryOf(this.#issuers, toHex(certificate.subject), () => new Map<string, Issuer>());
      const { files } = entryOf(known, sha256(certificate.der), () => ({ certificate, files: new Map() }));
      const folders = entryOf(files, leaf, () => new Map<string, string>());
      entryOf(folders, dirname(path), () => path);
    }
  }
}

/** Returns the value of a key, which is made if there is none. */
function entryOf<T>(map: Map<string, T>, key: string, make: () => T): T {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
