import { configurationSchema, includedSchema } from '../configuration/published-schema.js';

/** All files of the manual: their paths below dist/, and their text. The build writes them. */
export function manualFiles(): Readonly<Record<string, string>> {
  return {
    'schemas/ocspbot.yaml.schema.json': json(configurationSchema()),
    'schemas/included.yaml.schema.json': json(includedSchema()),
  };
}

function json(schema: object): string {
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
