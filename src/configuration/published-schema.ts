import { DESCRIBED_SECTIONS, type Description } from './key-descriptions.js';
import { INCLUDED_FILE, MAIN_FILE } from './keys.js';
import type { DescribeKey, JsonSchema } from './schema/value.js';

const DRAFT = 'http://json-schema.org/draft-07/schema#';

const descriptions = new Map<object, Description>(
  DESCRIBED_SECTIONS.flatMap(({ keys, descriptions }) =>
    Object.entries(keys).map(([name, key]) => [key, descriptions[name] as Description] as const),
  ),
);

const describeKey: DescribeKey = (key) => {
  const { text, default: standard } = descriptions.get(key) as Description;
  return { description: standard === undefined ? text : `${text}\nDefault: ${standard}` };
};

/** The JSON Schema of the configuration: it accepts what the program reads, as far as a schema can tell. */
export function configurationSchema(): JsonSchema {
  const title = 'configuration of ocspbot';
  // An empty file is refused: it has no certificate.
  return { $schema: DRAFT, title, ...MAIN_FILE.jsonSchema(describeKey), type: 'object' };
}

/** The JSON Schema of files in the folders of `includes`. */
export function includedSchema(): JsonSchema {
  return { $schema: DRAFT, title: 'included file of ocspbot', ...INCLUDED_FILE.jsonSchema(describeKey) };
}
