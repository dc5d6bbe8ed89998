import { bashCompletion } from './bash.js';
import { commandPage } from './command-page.js';
import { configurationPage } from './configuration-page.js';
import { fishCompletion } from './fish.js';
import { zshCompletion } from './zsh.js';
import { reportSchemas } from '../cli/reports/schema.js';
import { configurationSchema, includedSchema } from '../configuration/published-schema.js';

/** All files of the manual: their paths below dist/, and their text. The build writes them. */
export function manualFiles(): Readonly<Record<string, string>> {
  return {
    'man/ocspbot.1': commandPage(),
    'man/ocspbot.yaml.5': configurationPage(),
    'completions/ocspbot.bash': bashCompletion(),
    'completions/_ocspbot': zshCompletion(),
    'completions/ocspbot.fish': fishCompletion(),
    'schemas/ocspbot.yaml.schema.json': json(configurationSchema()),
    'schemas/included.yaml.schema.json': json(includedSchema()),
    ...Object.fromEntries(
      Object.entries(reportSchemas()).map(([name, schema]) => [`schemas/${name}`, json(schema)]),
    ),
  };
}

function json(schema: object): string {
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
