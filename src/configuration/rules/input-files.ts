import { quote } from '../../util/text.js';
import type { Draft } from './rule.js';

/** A file that the configuration reads. */
export interface Input {
  readonly path: string;
  /** Says what the file is. Only a message needs these words, and there are as many files as certificates. */
  readonly what: () => string;
}

/** Returns those of the files that the configuration reads. */
export function inputsAmong(
  found: ReadonlySet<string>,
  { candidates, lookup, files, settings }: Draft,
): Map<string, Input> {
  const inputs = new Map<string, Input>();
  const add = (path: string | undefined, what: () => string): void => {
    const real = path === undefined ? undefined : lookup.look(path).real;
    if (path !== undefined && real !== undefined && found.has(real)) inputs.set(real, { path, what });
  };
  for (const { entry } of candidates) {
    add(entry.rootchain, () => `the root chain of ${quote(entry.name)}`);
    add(entry.chain, () => `the chain of ${quote(entry.name)}`);
    add(entry.cert, () => `the certificate of ${quote(entry.name)}`);
  }
  for (const path of settings.trustedResponders) add(path, () => 'a trusted responder');
  for (const { name, cert } of settings.issuers)
    add(cert, () => `the certificate of the issuer ${quote(name)}`);
  add(settings.http.caFile, () => 'the CA file');
  for (const path of files) add(path, () => 'the configuration');
  return inputs;
}
