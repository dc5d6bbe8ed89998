import { LIMITS } from '../util/limits.js';
import { quote } from '../util/text.js';
import { NOT_UTF8 } from './files.js';
import { AS_ROOT, type Remark } from './model.js';

/** The reasons why something in a folder is left out. */
const REASONS = {
  'unreadable folder': {
    nouns: ['the folder', 'folders'],
    text: (what: string) => `${what} cannot be read`,
    hint: AS_ROOT,
  },
  'unreadable file': {
    nouns: ['the file', 'files'],
    text: (what: string) => `${what} cannot be read: it is not known whether a certificate is in there`,
    hint: AS_ROOT,
  },
  'not UTF-8': {
    nouns: ['the file or folder', 'files and folders'],
    text: (what: string) => `${what} cannot be opened: ${NOT_UTF8}`,
    hint: 'rename it: a configuration of ocspbot can name only files with names in UTF-8',
  },
  'too deep': {
    nouns: ['the folder', 'folders'],
    text: (what: string) => `${what} was left out: more than ${LIMITS.folderDepth} folders deep`,
    hint: 'name the folder of the certificates',
  },
  damaged: {
    nouns: ['the file', 'files'],
    text: (what: string) => `${what} has a certificate that cannot be read`,
    hint: 'write it again from its source; for the reason: ocspbot discover FILE',
  },
  replaced: {
    nouns: ['the file', 'files'],
    text: (what: string) => `${what} was left out: a later certificate has the same names and kind of key`,
    hint: undefined,
  },
  kept: {
    nouns: ['the file', 'files'],
    text: (what: string) => `${what} was left out: an ACME client keeps it, and no server should name it`,
    hint: 'name the folder of the present certificates, such as /etc/letsencrypt/live',
  },
  'lost link': {
    nouns: ['the link', 'links'],
    text: (what: string) => `${what} cannot be followed: the file that it leads to is missing`,
    hint: undefined,
  },
  empty: {
    nouns: ['the file', 'files'],
    text: (what: string) => `${what} is empty`,
    hint: undefined,
  },
  'too large': {
    nouns: ['the file', 'files'],
    text: (what: string) => `${what} is far too large for certificates`,
    hint: undefined,
  },
  'unread form': {
    nouns: ['the file', 'files'],
    text: (what: string) =>
      `${what} was left out: PKCS#7, PKCS#12, Java keystores and bare base64 are not read; for what to do about it: ocspbot discover FILE`,
    hint: undefined,
  },
} as const;

export type Omission = keyof typeof REASONS;

/** Collects the paths that are left out, and says each reason once: a folder may have thousands of them. */
export class Omissions {
  readonly #paths = new Map<Omission, string[]>();

  add(reason: Omission, path: string): void {
    const paths = this.#paths.get(reason) ?? [];
    paths.push(path);
    this.#paths.set(reason, paths);
  }

  remarks(): Remark[] {
    return [...this.#paths].map(([reason, paths]) => {
      const { nouns, text, hint } = REASONS[reason];
      const first = quote(paths[0] ?? '');
      const what =
        paths.length === 1
          ? `${nouns[0]} ${first}`
          : `each of ${paths.length} ${nouns[1]}, such as ${first},`;
      return hint === undefined ? { text: text(what), isHarmless: true } : { text: text(what), hint };
    });
  }
}
