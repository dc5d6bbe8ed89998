import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ValidateFunction } from 'ajv';
import { COMMANDS } from '../../src/cli/options.js';

const SCHEMAS = join(import.meta.dirname, '../../dist/schemas');

/** Reads the published schema of a report. */
export function reportSchema(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(SCHEMAS, `${name}.report.schema.json`), 'utf8')) as Record<
    string,
    unknown
  >;
}

/** Returns the name of the report that a command line asks for; undefined if it asks for none. */
function reportNameOf(args: readonly string[]): string | undefined {
  if (
    !args.includes('--json') ||
    args.some((arg) => ['--help', '-h', 'help', '--prometheus', '--html'].includes(arg))
  )
    return undefined;
  const command = args.find((arg) => (COMMANDS as readonly string[]).includes(arg)) ?? 'refresh';
  if (command === 'rollback' && args.includes('--list')) return 'rollback-list';
  return command === 'discover' && args.includes('--check') ? 'discover-check' : command;
}

const compiled = new Map<string, ValidateFunction>();

/** Compiles a schema, which refuses fields that it does not describe. Most test files need no ajv, which takes time to load. */
async function compile(name: string): Promise<ValidateFunction> {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const { Ajv } = await import('ajv');
  const { $schema: _, ...schema } = reportSchema(name);
  // The test of the schemas compares them with the meta-schema, which takes longer than all else.
  const ajv = new Ajv({ meta: false, validateSchema: false });
  const validate = ajv.compile(closed(schema) as object);
  compiled.set(name, validate);
  return validate;
}

/** Returns what is wrong with a report by its published schema, and fields that the schema does not describe. */
export async function complaintsAbout(name: string, report: unknown): Promise<string[]> {
  const validate = await compile(name);
  if (validate(report)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

/** Makes a schema refuse fields that it does not describe. */
export function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return schema && 'properties' in schema && 'required' in schema
    ? { ...inner, additionalProperties: false }
    : inner;
}

/**
 * Compares what the program printed with the schema of its report. Every run of the program in a test comes here.
 *
 * @param stdout its whole output; a run that was killed may have printed a part
 */
export async function assertDescribed(args: readonly string[], stdout: string): Promise<void> {
  const name = reportNameOf(args);
  if (name === undefined || !stdout.startsWith('{')) return;
  const complaints = await complaintsAbout(name, JSON.parse(stdout));
  if (complaints.length > 0)
    throw new Error(`the schema of ${name} does not describe: ${complaints.join('; ')}\n${stdout}`);
}
