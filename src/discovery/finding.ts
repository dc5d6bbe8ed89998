import type { Entry } from '../configuration/model.js';
import type { CertificateStore } from './certificates.js';
import { type DiscoveryFiles, kindAt, realFile } from './files.js';
import type { DiscoveredCertificate } from './gather.js';
import type { Use } from './model.js';

/** A disagreement of the configuration and a server. Codes are stable. */
export interface Finding {
  readonly code: FindingCode;
  readonly message: string;
  readonly hint: string;
  readonly use: Use;
  /** Further places of the same server with the same finding about the same certificate. */
  further: number;
}

export type FindingCode =
  | 'not-looked-after'
  | 'not-stapled'
  | 'other-file'
  | 'other-format'
  | 'file-missing'
  | 'one-file-for-two'
  | 'must-staple-without-staple'
  | 'staple-without-responder';

/** The configuration and the files with which certificates of servers are compared. */
export interface CheckContext {
  readonly store: CertificateStore;
  readonly entries: readonly Entry[];
  readonly files: DiscoveryFiles;
}

/** Reports whether a server finds a file. One that this user may not look at is not taken for missing. */
export function isThere(path: string, { files }: CheckContext): boolean {
  return ['file', 'unreadable'].includes(kindAt(path, files));
}

/** A certificate that servers use, and what the configuration has for it. */
export interface Subject {
  readonly certificate: DiscoveredCertificate;
  /** The entries of the configuration for it. */
  readonly own: readonly Entry[];
  /** The certificates that servers staple from a file, by its real path. */
  readonly owners: ReadonlyMap<string, ReadonlySet<string>>;
  readonly context: CheckContext;
}

export type Words = Pick<Finding, 'code' | 'message' | 'hint'>;

/** Reports whether a certificate names an OCSP responder, so that it can be looked after. */
export function hasResponder({ verdict }: DiscoveredCertificate): boolean {
  return verdict.kind === 'ready' || (verdict.kind === 'attention' && verdict.reason === 'issuer-missing');
}

/** Reports whether two paths lead to the same file. */
export function isSame(one: string, other: string, context: CheckContext): boolean {
  return one === other || realFile(one, context.files) === realFile(other, context.files);
}
