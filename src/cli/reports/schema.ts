import { FAILURE } from './failure.js';
import type { Field, Fields, Value } from './fields.js';
import { LOG_LINE } from './log-line.js';
import { NOTIFICATION } from './notification.js';
import { type ReportName, REPORTS } from './reports.js';

type JsonSchema = Readonly<Record<string, unknown>>;

const DRAFT = 'http://json-schema.org/draft-07/schema#';

/**
 * The JSON Schemas of all reports, of the lines of the log and of notifications, by the names of their files. They accept
 * further fields, which later versions may add.
 */
export function reportSchemas(): Readonly<Record<string, JsonSchema>> {
  const names = Object.keys(REPORTS) as ReportName[];
  const lines = { $schema: DRAFT, title: 'line of ocspbot --log-format json', ...objectSchema(LOG_LINE) };
  const notification = { $schema: DRAFT, title: 'notification of ocspbot', ...objectSchema(NOTIFICATION) };
  return {
    ...Object.fromEntries(names.map((name) => [`${name}.report.schema.json`, reportSchema(name)])),
    'log-line.schema.json': lines,
    'notification.schema.json': notification,
  };
}

function reportSchema(name: ReportName): JsonSchema {
  if (name === 'failure') return { $schema: DRAFT, title: 'failure of ocspbot', ...objectSchema(FAILURE) };
  return {
    $schema: DRAFT,
    title: `report of ocspbot ${name.replace('-', ' --')}`,
    description: 'A report, or a failure if an error ends the command before it has one.',
    anyOf: [{ $ref: '#/definitions/report' }, { $ref: '#/definitions/failure' }],
    definitions: { report: objectSchema(REPORTS[name]), failure: objectSchema(FAILURE) },
  };
}

function objectSchema(fields: Fields): JsonSchema {
  const all = Object.entries(fields);
  return {
    type: 'object',
    required: all.filter(([, { isOptional }]) => !isOptional).map(([name]) => name),
    properties: Object.fromEntries(all.map(([name, field]) => [name, fieldSchema(field)])),
  };
}

function fieldSchema({ about, value }: Field): JsonSchema {
  return { description: about + meaningsOf(value), ...valueSchema(value) };
}

function meaningsOf(value: Value): string {
  if (value.kind !== 'word') return '';
  return Object.entries(value.words)
    .map(([word, meaning]) => `\n- ${word}: ${meaning}`)
    .join('');
}

function valueSchema(value: Value): JsonSchema {
  switch (value.kind) {
    case 'text':
      return { type: 'string' };
    case 'time':
      return { type: 'string', pattern: String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$` };
    case 'code':
      return { type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' };
    case 'truth':
      return { type: 'boolean' };
    case 'integer':
      return { type: 'integer', minimum: 0 };
    case 'number':
      return { type: 'number', minimum: 0 };
    case 'word':
      return { type: 'string', enum: Object.keys(value.words) };
    case 'list':
      return { type: 'array', items: valueSchema(value.item) };
    case 'object':
      return objectSchema(value.fields);
  }
}
