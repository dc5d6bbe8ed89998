import { basename } from 'node:path';
import { visible } from '../util/text.js';
import { readOr } from '../x509/der.js';
import { keyAlgorithm } from '../x509/key-name.js';
import { nameInHook } from './acme-clients.js';
import type { DiscoveredCertificate } from './gather.js';
import type { Use } from './model.js';

/** The names of entries, each of which is given once. */
export class EntryNames {
  readonly #names = new Set<string>();
  readonly #numbers = new Map<string, number>();

  /**
   * Names an entry as the hook of its ACME client does, or else by the server's name for it or the first of the certificate,
   * and by the kind of key if need be.
   */
  give({ names, found, uses: all }: DiscoveredCertificate, cert: string, uses: readonly Use[]): string {
    const [own] = uses.flatMap((use) => use.names.filter((name) => names.includes(name)));
    const name = nameInHook(cert) ?? own ?? names[0] ?? basename(found.path);
    const safe =
      visible(name)
        .replaceAll(/[^\w.*@-]/g, '_')
        .slice(0, 200) || 'certificate';
    const isOneOfSeveral = all.some(({ obstacle }) => obstacle === 'several-certificates');
    const algorithm = readOr(() => keyAlgorithm(found.certificate), undefined) ?? 'other';
    const withKey = `${safe}-${algorithm}`;
    const choices = isOneOfSeveral ? [withKey] : [safe, withKey];
    const free = choices.find((choice) => !this.#names.has(choice.toLowerCase())) ?? this.#numbered(withKey);
    this.#names.add(free.toLowerCase());
    return free;
  }

  #numbered(name: string): string {
    for (;;) {
      const number = (this.#numbers.get(name) ?? 1) + 1;
      this.#numbers.set(name, number);
      if (!this.#names.has(`${name}-${number}`.toLowerCase())) return `${name}-${number}`;
    }
  }
}
