import type { ConfigurationFiles, ServerFindings, ServerKind } from './model.js';
import { readNginx } from './nginx/certificates.js';
import { isDump, openDump, openMainFile } from './nginx/source.js';
import { readExim } from './servers/exim.js';
import { readHaproxy } from './servers/haproxy.js';
import { readHitch } from './servers/hitch.js';
import { readLighttpd } from './servers/lighttpd.js';
import { readUnable } from './servers/unable.js';

/** The marks of each kind of configuration; the first that matches counts. */
const MARKS: readonly (readonly [ServerKind, RegExp])[] = [
  ['nginx', /^# configuration file .+:$/m],
  ['haproxy', /^[ \t]*bind[ \t][^\n]*\b(?:ssl|crt|crt-list)\b|^(?:frontend|listen|backend)[ \t]+\S+[ \t]*$/m],
  ['lighttpd', /^[ \t]*(?:ssl\.pemfile|ssl\.engine|server\.modules|server\.document-root)[ \t]*\+?=/m],
  ['hitch', /^[ \t]*pem-(?:file|dir)[ \t]*=/m],
  ['exim', /^[ \t]*tls_certificate[ \t]*=/m],
  ['apache', /^[ \t]*SSLCertificateFile[ \t]/im],
  ['dovecot', /^[ \t]*ssl_(?:server_)?cert(?:_file)?[ \t]*=/m],
  ['nginx', /^[ \t]*(?:(?:http|server|stream|mail|events)\s*\{|(?:ssl_certificate|include)[ \t][^\n]*;)/m],
];

/** Recognizes the configuration of a server by its content. */
export function recognizeServer(text: string): ServerKind | undefined {
  return MARKS.find(([, mark]) => mark.test(text))?.[0];
}

/** The names of main configuration files. Other files of a folder are parts of one, or something else. */
const MAIN: ReadonlyMap<string, ServerKind> = new Map([
  ['nginx.conf', 'nginx'],
  ['haproxy.cfg', 'haproxy'],
  ['lighttpd.conf', 'lighttpd'],
  ['exim.conf', 'exim'],
  ['exim4.conf', 'exim'],
  ['hitch.conf', 'hitch'],
]);

export function isMainFile(name: string): boolean {
  return MAIN.has(name);
}

/** Reads a configuration, or what a server prints of it. `path` is the file that relative paths and places refer to. */
export function readServer(
  server: ServerKind,
  path: string,
  text: string,
  files: ConfigurationFiles,
): ServerFindings {
  switch (server) {
    case 'nginx':
      return readNginx(isDump(text) ? openDump(text) : openMainFile(path, text, files));
    case 'haproxy':
      return readHaproxy([{ path, text }], files);
    case 'lighttpd':
      return readLighttpd(path, text, files);
    case 'exim':
      return readExim(path, text, files);
    case 'hitch':
      return readHitch(path, text, files);
    case 'apache':
    case 'dovecot':
      return readUnable(server, path, text);
  }
}
