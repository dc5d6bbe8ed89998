import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { REPORTS, type ReportName } from '../../src/cli/reports/reports.js';
import { reportSchema } from '../support/reports.js';
import { ROOT } from './support/markdown.js';

const PAGE = join(ROOT, 'docs/reports.md');

interface Schema {
  readonly type: string;
  readonly description?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly pattern?: string;
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  integer: 'integer',
  number: 'number',
  object: 'object',
};

function kindOf({ type, enum: words, pattern, items }: Schema): string {
  if (items !== undefined) return `list of ${items.properties === undefined ? 'texts' : 'objects'}`;
  if (words !== undefined) return 'word';
  if (pattern !== undefined) return pattern.includes('T') ? 'time' : 'code';
  return KINDS[type] ?? type;
}

/** The fields of an object as a list, with those of objects in them. */
function linesOf({ properties = {}, required = [] }: Schema, indent = ''): string[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const kind = kindOf(field) + (required.includes(name) ? '' : ', optional');
    const [about = '', ...words] = (field.description ?? '').split('\n');
    const deeper = `${indent}  `;
    return [
      `${indent}- \`${name}\` (${kind}): ${about}`,
      ...words.map((line) => deeper + line.replace(/^- (\S+):/, '- `$1`:')),
      ...linesOf(field.items ?? field, deeper),
    ];
  });
}

const INTRODUCTION = `# Reports for programs

With \`--json\` a command prints one JSON object on standard output. Messages for people go to standard error.

- A **time** is in UTC, like \`2026-01-31T09:05:00Z\`.
- A **word** is one of the words listed below it. A **code** is a stable word of a list that may grow: error codes are in
  [troubleshooting.md](troubleshooting.md).
- A **text** is for people, and may change with any version. Names, paths and URLs are as they were written.
- An **optional** field is left out where it does not apply. No field is \`null\`.
- Later versions may add fields: ignore those that you do not know. \`schema\` is raised when one is removed or changes its
  meaning.

The package has a JSON Schema of each report, \`dist/schemas/COMMAND.report.schema.json\`. This page is made from them.
`;

/** Reports that several commands have are described once. */
function sections(): string[] {
  const names = (Object.keys(REPORTS) as ReportName[]).filter((name) => name !== 'failure');
  const alike = (name: ReportName) => names.filter((other) => REPORTS[other] === REPORTS[name]);
  return names
    .filter((name) => alike(name)[0] === name)
    .flatMap((name) => {
      const { definitions } = reportSchema(name) as { definitions: { report: Schema } };
      const titles = alike(name).map((one) => one.replace('-', ' --'));
      return [`## ${titles.join(', ')}`, linesOf(definitions.report).join('\n')];
    });
}

const FAILURE = `## Failures

A command that an error ends before it has a report prints this instead, \`failure.report.schema.json\`.`;

test('reports.md describes every field: update it by "npx vitest run test/docs/reports.test.ts --update"', async () => {
  const failure = linesOf(reportSchema('failure') as unknown as Schema).join('\n');
  const page = [INTRODUCTION, ...sections(), FAILURE, failure].join('\n\n');
  const options = await resolveConfig(PAGE);
  await expect(await format(page, { ...options, parser: 'markdown' })).toMatchFileSnapshot(PAGE);
});
