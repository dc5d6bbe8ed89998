import type { Entry } from '../configuration/model.js';
import type { TlsServer } from '../system/system.js';
import type { Certificate } from '../x509/certificate.js';

/** The servers whose configurations are read. Apache and Dovecot cannot staple a file. */
export type ServerKind = 'nginx' | 'haproxy' | 'lighttpd' | 'exim' | 'hitch' | 'apache' | 'dovecot';

/** A line in the configuration of a server; 0 if only the file is known. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** The reason why a server cannot staple a file for a certificate. */
export type Obstacle =
  /** The server has no option for a file. */
  | 'server'
  /** The server has the option, but not in this part of its configuration. */
  | 'section'
  /** The option has one value for all certificates of this part, and there are several. */
  | 'several-certificates'
  /** The server fetches responses itself. */
  | 'fetches-itself';

/** A certificate that the configuration of a server names. Paths are absolute. */
export interface Use {
  readonly server: ServerKind;
  readonly cert: string;
  /** Further files of the server that may have the issuer. */
  readonly chains: readonly string[];
  readonly place: Place;
  /** The server's names for it, the first one first. */
  readonly names: readonly string[];
  readonly listeners: readonly Listener[];
  /** The file that the server staples, or has to staple because of its name; undefined if it is free to choose. */
  readonly staple: string | undefined;
  /** The form in which the server reads that file; undefined for DER. */
  readonly format?: Entry['format'];
  /** The server is told to staple that file. */
  readonly isStapling: boolean;
  readonly obstacle: Obstacle | undefined;
  /** The certificates of the option that names this one, in their order, if the files of responses need the same order. */
  readonly listed?: readonly string[];
  /** The file of the private key, if it is not that of the certificate and the line to write names it. */
  readonly key?: string | undefined;
}

export type Listener = Pick<TlsServer, 'host' | 'port' | 'starttls'>;

/** Something that discovery could not do or that a person must know. */
export interface Remark {
  readonly text: string;
  readonly hint?: string | undefined;
  /** Nothing has to be done about it. */
  readonly isHarmless?: true;
}

/** The advice about anything that cannot be read. Root cannot read a pipe, a loop of links or a broken disk. */
export const AS_ROOT = 'run ocspbot discover as root; if that does not help, see what it is: ls -lL';

/** The advice about certificates that a server names in a way that cannot be followed. */
export const FOLDER = 'give ocspbot the folder with these certificates: ocspbot discover FOLDER';

/** The content of a server's configuration, as far as it matters here. */
export interface ServerFindings {
  readonly server: ServerKind;
  /** The main file of the configuration. */
  readonly file: string;
  /** Further files and folders that the server is started with: those of HAProxy's `-f`. */
  readonly further?: readonly string[];
  readonly uses: readonly Use[];
  readonly remarks: readonly Remark[];
  /** A runtime socket of HAProxy with the right to receive responses. */
  readonly runtimeSocket?: string | undefined;
}

/** A certificate of the disk. */
export interface FoundCertificate {
  readonly path: string;
  readonly certificate: Certificate;
  /** All certificates of the file. */
  readonly bundle: readonly Certificate[];
}

export type PathKind = 'file' | 'folder' | 'absent' | 'unreadable';

/** The means to read configurations: files of the disk, or parts of a text. */
export interface ConfigurationFiles {
  /** Returns the text of a file; undefined if it cannot be read. */
  read(path: string): string | undefined;
  /** Returns the files that match a pattern with `*` and `?`, in the order of their names. */
  matching(pattern: string): readonly string[];
  kindOf(path: string): PathKind;
  /** Lists the names in a folder, sorted. */
  list(folder: string): readonly string[];
}

/** The unit that runs a server. */
export const UNITS: Readonly<Record<ServerKind, string>> = {
  nginx: 'nginx',
  haproxy: 'haproxy',
  lighttpd: 'lighttpd',
  exim: 'exim4',
  hitch: 'hitch',
  apache: 'apache2',
  dovecot: 'dovecot',
};

export const TITLES: Readonly<Record<ServerKind, string>> = {
  nginx: 'nginx',
  haproxy: 'HAProxy',
  lighttpd: 'lighttpd',
  exim: 'Exim',
  hitch: 'hitch',
  apache: 'Apache',
  dovecot: 'Dovecot',
};

export function shownPlace({ file, line }: Place): string {
  return line > 0 ? `${file}:${line}` : file;
}
