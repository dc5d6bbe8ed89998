import { Ajv, type ValidateFunction } from 'ajv';
import { type Document, parseDocument } from 'yaml';
import { configurationSchema } from '../../../src/configuration/published-schema.js';

/** The problems that a JSON Schema cannot see, by their words. */
export const BEYOND_SCHEMAS: readonly (readonly [problem: RegExp, why: string])[] = [
  [/must be at (?:most|least)/, 'the sum of several units'],
  [/is the truth value (?:[Yy]es|YES|[Nn]o|NO|[Oo]n|ON|[Oo]ff|OFF)/, 'text in YAML 1.2, as editors read it'],
  [/is the text "(?:[Yy]es|YES|[Nn]o|NO|[Oo]n|ON|[Oo]ff|OFF)": remove the quotes/, 'quotes'],
  [/is not a URL/, 'the grammar of a URL'],
  [/write the same file|would overwrite|would have the same names|appears twice, for/, 'other files'],
  [/no exit bit is left|there is no service|are used by/, 'other keys'],
  [
    /a second document begins here|the tag ".*" means nothing|this is not a space|this line ends with CR/,
    'the syntax of the file',
  ],
  [/does not exist|cannot be read|is a folder/, 'the disk'],
];

let compiled: ValidateFunction | undefined;

/** Returns what editors say to a configuration by the published JSON Schema. They read YAML 1.2, and merge `<<`. */
export function complaintsOf(yaml: string): string[] {
  const document = parseDocument(yaml, { merge: true, logLevel: 'silent', uniqueKeys: true });
  if (document.errors.length > 0) return document.errors.map(({ message }) => message);
  compiled ??= new Ajv({ allErrors: true, allowUnionTypes: true }).compile(configurationSchema());
  const content = contentOf(document);
  if ('problem' in content) return [content.problem];
  if (compiled(content.value)) return [];
  return (compiled.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** Returns the values of a document, or why it has none: aliases of nothing, merged lists. */
function contentOf(document: Document.Parsed): { value: unknown } | { problem: string } {
  try {
    return { value: document.toJS() as unknown };
  } catch (error) {
    return { problem: String(error) };
  }
}

/** Compares the verdict of the program with that of editors. `problems` are those in the text. */
export function compareWithSchema(yaml: string, problems: readonly string[]): void {
  const complaints = complaintsOf(yaml);
  // Editors refuse what may be an attack on the memory of the machine. The program reads each alias once.
  if (complaints.some((complaint) => complaint.includes('Excessive alias count'))) return;
  const visible = problems.filter((problem) => !BEYOND_SCHEMAS.some(([beyond]) => beyond.test(problem)));
  if (problems.length === 0 && complaints.length > 0)
    throw new Error(`the schema refuses what is read: ${complaints.join('; ')}\n${yaml}`);
  if (visible.length > 0 && complaints.length === 0)
    throw new Error(`the schema accepts what is refused: ${visible.join('; ')}\n${yaml}`);
}
