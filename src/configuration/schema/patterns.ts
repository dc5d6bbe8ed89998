import { isAbsolute } from 'node:path';
import { quote, SAFE } from '../../util/text.js';
import { nearest } from '../../util/nearest.js';
import { DOMAIN } from '../scan-paths.js';
import { text, textMatching } from './scalars.js';
import { type Schema, report, type Value } from './value.js';

/** A mask of `scan_keys`: the path of a file below the scanned folder. `{domain}` may also be in the name of a folder. */
export function mask(domain: 'required' | 'optional'): Schema<string> {
  const expected = `a file name with ${DOMAIN}`;
  const read = (value: Value): string | undefined => {
    const found = text(expected).read(value);
    if (found === undefined) return undefined;
    const example = `write for example: ${value.example}`;
    if (domain === 'required' && !found.includes(DOMAIN)) {
      return report(value, `${value.label} has no ${DOMAIN} in it`, example);
    }
    const parts = found.split('/');
    if (isAbsolute(found) || parts.includes('..')) {
      return report(value, `${value.label} leads out of the folder`, example);
    }
    if (found.endsWith('/')) return report(value, `${value.label} names a folder, not a file`, example);
    return parts.filter((part) => part !== '' && part !== '.').join('/');
  };
  const hasDomain = domain === 'required' ? `(?=.*\\{domain\\})` : '';
  const pattern = `^(?!/)(?!(?:.*/)?\\.\\.(?:/|$))${hasDomain}(?!.*/$)${SAFE}+$`;
  return { expected, read, jsonSchema: () => textMatching(pattern) };
}

const PLACEHOLDERS = ['year', 'month', 'day', 'hour', 'minute', 'second'];

/** The path of a log file, with placeholders for the time. */
export const logPath: Schema<string> = {
  expected: 'a path',
  read(value) {
    const found = text(this.expected).read(value);
    if (found === undefined) return undefined;
    const unknown = [...found.matchAll(/\{([^{}]*)\}/g)].find(
      ([, name = '']) => !PLACEHOLDERS.includes(name),
    );
    if (unknown !== undefined) return unknownPlaceholder(value, unknown[1] ?? '');
    if (!/[{}]/.test(found.replaceAll(/\{\w+\}/g, ''))) return found;
    return report(
      value,
      `${value.label} has a single brace`,
      `placeholders look like this: ${allPlaceholders()}`,
    );
  },
  jsonSchema: () => textMatching(`^(?=${SAFE}+$)(?:[^{}]|\\{(?:${PLACEHOLDERS.join('|')})\\})+$`),
};

function unknownPlaceholder(value: Value, name: string): undefined {
  const near = nearest(name, PLACEHOLDERS);
  const hint = near === undefined ? `known are ${allPlaceholders()}` : `did you mean {${near}}?`;
  return report(value, `${value.label} has the unknown placeholder ${quote(`{${name}}`)}`, hint);
}

function allPlaceholders(): string {
  return PLACEHOLDERS.map((name) => `{${name}}`).join(' ');
}

/** The name of a namespace of Kubernetes (RFC 1123 §2.1), or an asterisk. */
const NAMESPACE = /^(?:\*|[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)$/;

/** A namespace of Kubernetes, or all of them. */
export const namespace: Schema<string> = {
  expected: "the name of a namespace, or '*'",
  read(value) {
    const found = text(this.expected).read(value);
    if (found === undefined || NAMESPACE.test(found)) return found;
    return report(
      value,
      `${value.label} must be ${this.expected}, but is ${quote(found)}`,
      'write the name as "kubectl get namespaces" shows it',
    );
  },
  jsonSchema: () => textMatching(NAMESPACE.source),
};
