/** A path of a file with `{domain}` in it. */
export const DOMAIN = '{domain}';

/** The defaults of `scan_keys`. */
export const MASKS = {
  cert: `${DOMAIN}.pem`,
  chain: `${DOMAIN}-chain.pem`,
  rootchain: `${DOMAIN}-rootchain.pem`,
  ocsp: `${DOMAIN}.ocsp-resp`,
} as const;

export function fill(mask: string, domain: string): string {
  return mask.split(DOMAIN).join(domain);
}

/**
 * Reads the domain out of a path: the shortest that makes the mask fit the whole path, the same everywhere. It lies
 * within one component.
 */
export function matcher(mask: string): (path: string) => string | undefined {
  const [before = '', ...after] = mask.split(DOMAIN).map(escape);
  const pattern = new RegExp(`^${before}([^/]+?)${after.join('\\1')}$`, 'su');
  return (path) => pattern.exec(path)?.[1];
}

function escape(literal: string): string {
  // A hexadecimal escape, so that a digit cannot become a part of the reference before it.
  return literal.replaceAll(/[^A-Za-z_]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
