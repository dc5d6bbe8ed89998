import { dirname } from 'node:path';

/** The settings of the section `global` that matter here. */
export interface Global {
  crtBase: string | undefined;
  /** The folder of relative paths without crt-base. */
  base: string;
  updatesItself: boolean;
  runtimeSocket: string | undefined;
  /** HAProxy reads the file of a response beside a certificate: ssl-load-extra-files. */
  readsResponses: boolean;
  /** The names of such files replace the ending `.crt` instead of following it: ssl-load-extra-del-ext. */
  replacesEnding: boolean;
}

export function emptyGlobal(): Global {
  return {
    crtBase: undefined,
    base: '/',
    updatesItself: false,
    runtimeSocket: undefined,
    readsResponses: true,
    replacesEnding: false,
  };
}

/** Reads a line of the section. `path` is the file that it is in. */
export function readGlobal(words: readonly string[], path: string, global: Global): void {
  const [keyword, value, third] = words;
  switch (keyword) {
    case 'crt-base':
      global.crtBase = value;
      return;
    case 'default-path':
      if (value === 'config') global.base = dirname(path);
      if (value === 'origin') global.base = third ?? '/';
      return;
    case 'tune.ssl.ocsp-update.mode':
      global.updatesItself = value === 'on';
      return;
    case 'ssl-load-extra-files':
      global.readsResponses = words.includes('all') || words.includes('ocsp');
      return;
    case 'ssl-load-extra-del-ext':
      global.replacesEnding = true;
      return;
    case 'stats':
      if (value === 'socket' && third?.startsWith('/') === true && isAdmin(words))
        global.runtimeSocket ??= third;
  }
}

function isAdmin(words: readonly string[]): boolean {
  return words[words.indexOf('level') + 1] === 'admin';
}

/** Returns the path of a file that HAProxy looks for beside a certificate. */
export function besideOf(cert: string, ending: 'ocsp' | 'issuer', { replacesEnding }: Global): string {
  return `${replacesEnding ? cert.replace(/\.crt$/, '') : cert}.${ending}`;
}
