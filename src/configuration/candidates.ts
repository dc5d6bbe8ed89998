import { resolve } from 'node:path';
import type { SourceRange } from './yaml/source.js';
import type { DomainSection } from './keys.js';
import type { Located } from './schema/value.js';
import type { Named } from './schema/collections.js';
import { UNASSIGNED, type Entry } from './model.js';
import type { Paths } from './settings.js';

/** An entry before the rules are applied, with the place in the text where each part of it was written. */
export interface Candidate {
  readonly entry: Entry;
  /** `found`: its files are known to exist, and each of its ranges is the item of `scan_keys`. */
  readonly origin: 'listed' | 'found';
  readonly ranges: {
    readonly name: SourceRange;
    readonly cert: SourceRange;
    readonly chain: SourceRange;
    readonly rootchain: SourceRange;
    readonly ocsp: SourceRange;
  };
}

/** Returns the candidates of `domains`. An entry that lacks a required key has been reported, and is left out. */
export function listedCandidates(domains: readonly Named<DomainSection>[], paths: Paths): Candidate[] {
  return domains.flatMap((domain) => {
    const { cert, ocsp } = domain.value;
    return cert === undefined || ocsp === undefined ? [] : [candidate(domain, cert, ocsp, paths)];
  });
}

function candidate(
  { name, key, value }: Named<DomainSection>,
  cert: Located<string>,
  ocsp: Located<string>,
  { base, ocspFolder }: Paths,
): Candidate {
  const { chain, rootchain, format, ocsp_responder_uri: responder, services } = value;
  const optional = (path: Located<string | null> | undefined): string | undefined =>
    typeof path?.value === 'string' ? resolve(base, path.value) : undefined;
  const entry: Entry = {
    name,
    cert: resolve(base, cert.value),
    chain: optional(chain),
    rootchain: optional(rootchain),
    ocsp: resolve(ocspFolder, ocsp.value),
    format: format?.value === 'pem-chain' ? 'pem-chain' : undefined,
    responder: responder?.value ?? undefined,
    services: servicesOf(services),
    position: key.source.position(key.start),
  };
  const ranges = {
    name: key,
    cert: cert.range,
    chain: chain?.range ?? key,
    rootchain: rootchain?.range ?? key,
    ocsp: ocsp.range,
  };
  return { entry, origin: 'listed', ranges };
}

/** Returns the names as written, each once. Another rule checks that these services exist. */
export function servicesOf(services: DomainSection['services']): readonly string[] {
  const names = [...new Set(services?.value.map(({ value }) => value))];
  return names.length === 0 ? [UNASSIGNED] : names;
}
