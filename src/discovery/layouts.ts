import { join } from 'node:path';

/** A tool that fetches certificates, and the folders in which it keeps those in force. */
export interface Layout {
  readonly tool: string;
  readonly folders: readonly string[];
}

/** Returns the usual folders of the tools. `home` is that of the user; tools that run as root have theirs below /root. */
export function usualLayouts(home: string | undefined): Layout[] {
  const homes = [...new Set(['/root', ...(home?.startsWith('/') === true ? [home] : [])])];
  const below = (path: string) => homes.map((one) => join(one, path));
  return [
    { tool: 'certbot', folders: ['/etc/letsencrypt/live'] },
    { tool: 'dehydrated', folders: ['/var/lib/dehydrated/certs', '/etc/dehydrated/certs'] },
    { tool: 'acme.sh', folders: below('.acme.sh') },
    {
      tool: 'lego',
      folders: ['/etc/lego/certificates', '/var/lib/lego/certificates', ...below('.lego/certificates')],
    },
    { tool: 'step', folders: ['/etc/step/certs', ...below('.step/certs')] },
  ];
}

/**
 * Reports whether a file is one that a tool keeps, and no server should name: the certificates in `archive` of certbot, to
 * which links in `live` lead, `cert-1700000000.pem` of dehydrated, and what acme.sh copies to `backup` before it installs.
 */
export function isKept(path: string): boolean {
  return KEPT.test(path);
}

const KEPT = new RegExp(
  [
    /\/archive\/[^/]+\/(?:cert|chain|fullchain)\d+\.pem$/,
    /\/(?:cert|chain|fullchain)-\d{9,}\.pem$/,
    /\/backup\/(?:[^/]*[^a-z])?(?:cert|ca|fullchain)\.bak$/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

/** Returns the tool whose layout a path has; undefined for a file that somebody put there. */
export function toolOf(path: string): string | undefined {
  return SHAPES.find(([, shape]) => shape.test(path))?.[0];
}

const SHAPES: readonly (readonly [string, RegExp])[] = [
  ['certbot', /\/live\/[^/]+\/(?:cert|fullchain)\.pem$/],
  ['dehydrated', /\/certs\/[^/]+\/(?:cert|fullchain)\.pem$/],
  ['acme.sh', /\/\.acme\.sh\/|\/[^/]+\/fullchain\.cer$/],
  ['lego', /\/certificates\/[^/]+\.crt$/],
  ['step', /\/\.?step\/certs\//],
];
