import { dirname, join } from 'node:path';
import { LIMITS } from '../util/limits.js';
import { OcspbotError } from '../util/errors.js';
import { equalBytes, toHex } from '../util/bytes.js';
import { isCa } from '../x509/ca.js';
import type { Certificate } from '../x509/certificate.js';
import { findIssuer, findLeaf } from '../x509/chain.js';
import { loadBundle } from '../x509/load.js';
import { orUndefined, type DiscoveryFiles } from './files.js';
import type { FoundCertificate } from './model.js';

interface Issuer {
  readonly path: string;
  readonly certificate: Certificate;
  /** The server's certificate in the same file; undefined if the file has only CA certificates. */
  readonly leaf: Certificate | undefined;
}

/** The certificates of files, each read once, and the CA certificates that were seen in any of them. */
export class CertificateStore {
  readonly #files: DiscoveryFiles;
  readonly #read = new Map<string, FoundCertificate | OcspbotError>();
  /** CA certificates by their subjects, with the files that have them. */
  readonly #issuers = new Map<string, Issuer[]>();
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
    const candidates = (this.#issuers.get(toHex(certificate.issuer)) ?? []).filter(
      ({ leaf }) => leaf === undefined || equalBytes(leaf.der, certificate.der),
    );
    const issuer = attemptIssuer(
      certificate,
      candidates.map((candidate) => candidate.certificate),
    );
    if (issuer === undefined) return undefined;
    const paths = candidates.filter((candidate) => candidate.certificate === issuer).map(({ path }) => path);
    const folders = new Set(beside.map(dirname));
    return paths.find((path) => folders.has(dirname(path))) ?? paths[0];
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
    const leaf = isCa(first) ? undefined : first;
    for (const certificate of bundle.filter(isCa)) {
      const subject = toHex(certificate.subject);
      const known = this.#issuers.get(subject) ?? [];
      this.#issuers.set(subject, known);
      known.push({ path, certificate, leaf });
    }
  }
}

function attemptIssuer(
  certificate: Certificate,
  candidates: readonly Certificate[],
): Certificate | undefined {
  try {
    return findIssuer(certificate, candidates, '');
  } catch (error) {
    if (error instanceof OcspbotError) return undefined;
    throw error;
  }
}
