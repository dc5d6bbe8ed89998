import { isMap } from 'yaml';
import { report, type Schema } from './value.js';

/** A mapping that must have one of these keys. Otherwise it would look as if somebody were told, and nobody is. */
export function naming<S extends object>(
  mapping: Schema<S>,
  names: readonly (keyof S & string)[],
): Schema<S> {
  return {
    expected: mapping.expected,
    read(value) {
      const section = mapping.read(value);
      if (section === undefined || !isMap(value.node)) return section;
      // A key that was refused has its own problem.
      const isUnderstood = Object.keys(section).length === value.node.items.length;
      if (!isUnderstood || names.some((name) => section[name] !== undefined)) return section;
      const keys = names.map((name) => `"${name}"`).join(' nor ');
      return report(
        value,
        `${value.label} has neither ${keys}, so nobody is told`,
        `write for example: ${value.example}`,
      );
    },
    jsonSchema: (describe) => ({
      ...mapping.jsonSchema(describe),
      anyOf: names.map((name) => ({ required: [name] })),
    }),
  };
}
