import type { DomainSection, IncludedSection, ScanSection, TopSection } from './keys.js';

/*
 * The Python program of the same name reads a configuration if it has the keys that the program needs, and if it has no
 * others: it ignores keys that it does not know, so whoever wrote them wrote them for this program.
 */

const TOP: ReadonlySet<string> = new Set<keyof TopSection>([
  ...(['domains', 'scan_keys', 'includes', 'ocsp_folder', 'minimum_validity'] as const),
  ...(['minimum_validity_percentage', 'parallel_threads', 'stop_on_error', 'make_backups'] as const),
  ...(['output_log', 'error_log', 'openssl_executable'] as const),
]);
const DOMAIN: ReadonlySet<string> = new Set<keyof DomainSection>([
  ...(['cert', 'chain', 'rootchain', 'ocsp', 'ocsp_responder_uri'] as const),
]);
const SCAN: ReadonlySet<string> = new Set<keyof ScanSection>([
  ...(['folder', 'recursive', 'cert_mask', 'chain_mask', 'rootchain_mask', 'ocsp_mask'] as const),
]);

/**
 * Returns the keys of the main file if the Python program could work with the whole configuration; else undefined. It needs
 * a threshold, and the chain and the root of every certificate.
 *
 * @param sections those of the main file and of the included files
 */
export function pythonKeysOf(
  top: TopSection,
  sections: readonly IncludedSection[],
): readonly (keyof TopSection)[] | undefined {
  const hasThreshold = [top.minimum_validity, top.minimum_validity_percentage].some(
    (threshold) => typeof threshold?.value === 'number',
  );
  const isOfPython = hasThreshold && isWithin(top, TOP) && sections.every(isPythonSection);
  const hasCertificates = [top.domains, top.scan_keys, top.includes].some(
    (key) => (key?.value.length ?? 0) > 0,
  );
  return isOfPython && hasCertificates ? (Object.keys(top) as (keyof TopSection)[]) : undefined;
}

function isPythonSection({ domains, scan_keys: scans }: IncludedSection): boolean {
  return (
    (domains?.value ?? []).every(({ value }) => isPythonDomain(value)) &&
    (scans?.value ?? []).every(({ value }) => isPythonScan(value))
  );
}

function isPythonDomain(domain: DomainSection): boolean {
  const { chain, rootchain } = domain;
  return isWithin(domain, DOMAIN) && typeof chain?.value === 'string' && typeof rootchain?.value === 'string';
}

function isPythonScan(scan: ScanSection): boolean {
  return isWithin(scan, SCAN) && scan.chain_mask?.value !== null && scan.rootchain_mask?.value !== null;
}

function isWithin(section: object, keys: ReadonlySet<string>): boolean {
  return Object.keys(section).every((key) => keys.has(key));
}
