import { basename, dirname, join } from 'node:path';

/** An ACME client, and where it keeps certificates. */
interface AcmeClient {
  readonly name: string;
  /** The usual folders of certificates in force. `~` is the home of each user that runs the client. */
  readonly folders: readonly string[];
  /** The shape of the path of a certificate in force. */
  readonly shape: RegExp;
  /** True if its hook calls a certificate by the name of the folder (examples/hooks), which need not be a name in it. */
  readonly isCalledByFolder?: true;
  /** The shape of the path of a file that no server should name. */
  readonly kept?: RegExp;
}

/** The first whose shape a path has is the client of its file. */
const ACME_CLIENTS: readonly AcmeClient[] = [
  {
    name: 'certbot',
    folders: ['/etc/letsencrypt/live'],
    shape: /\/live\/[^/]+\/(?:cert|fullchain)\.pem$/,
    isCalledByFolder: true,
    // The links in `live` lead to files in `archive`.
    kept: /\/archive\/[^/]+\/(?:cert|chain|fullchain)\d+\.pem$/,
  },
  {
    name: 'dehydrated',
    folders: ['/var/lib/dehydrated/certs', '/etc/dehydrated/certs'],
    shape: /\/certs\/[^/]+\/(?:cert|fullchain)\.pem$/,
    isCalledByFolder: true,
    // The name of the file that cert.pem leads to has the time of the order.
    kept: /\/(?:cert|chain|fullchain)-\d{9,}\.pem$/,
  },
  {
    name: 'acme.sh',
    folders: ['~/.acme.sh'],
    shape: /\/\.acme\.sh\/|\/[^/]+\/fullchain\.cer$/,
    // It makes these copies before it installs another certificate.
    kept: /\/backup\/(?:[^/]*[^a-z])?(?:cert|ca|fullchain)\.bak$/,
  },
  {
    name: 'lego',
    folders: ['/etc/lego/certificates', '/var/lib/lego/certificates', '~/.lego/certificates'],
    shape: /\/certificates\/[^/]+\.crt$/,
  },
  {
    name: 'step',
    folders: ['/etc/step/certs', '~/.step/certs'],
    shape: /\/\.?step\/certs\//,
  },
];

/** The folders in which an ACME client usually keeps the certificates in force. */
interface UsualFolders {
  readonly client: string;
  readonly folders: readonly string[];
}

/** Returns the usual folders of each client. `home` is that of the user; clients that run as root have theirs below /root. */
export function usualFolders(home: string | undefined): UsualFolders[] {
  const homes = [...new Set(['/root', ...(home?.startsWith('/') === true ? [home] : [])])];
  const inHomes = (folder: string) =>
    folder.startsWith('~/') ? homes.map((one) => join(one, folder.slice(2))) : [folder];
  return ACME_CLIENTS.map(({ name, folders }) => ({ client: name, folders: folders.flatMap(inHomes) }));
}

/** Reports whether a file is one that an ACME client only keeps, and that no server should name. */
export function isKept(path: string): boolean {
  return ACME_CLIENTS.some(({ kept }) => kept?.test(path) === true);
}

/** Returns the client in whose way a path is built; undefined for a file that somebody put there. */
export function clientOf(path: string): string | undefined {
  return clientWithShape(path)?.name;
}

/** Returns the name by which the hook of an ACME client calls the certificate in a file; undefined if it has none. */
export function nameInHook(path: string): string | undefined {
  return clientWithShape(path)?.isCalledByFolder ? basename(dirname(path)) : undefined;
}

function clientWithShape(path: string): AcmeClient | undefined {
  return ACME_CLIENTS.find(({ shape }) => shape.test(path));
}
