import { ConfigurationError, formatProblem } from '../../../src/configuration/problem.js';
import { readConfiguration } from '../../../src/configuration/read.js';
import type { Configuration, Problem } from '../../../src/configuration/model.js';
import { nodeFiles } from '../../../src/system/files.js';
import { relieveMemory } from '../../../src/system/memory.js';
import { makeSandbox, type Sandbox } from '../../support/sandbox.js';
import { compareWithSchema } from './published-schema.js';

/** A folder with the files of two certificates, and an empty folder `out`. */
export function makeFolder(): Sandbox {
  const sandbox = makeSandbox();
  for (const name of ['a', 'b']) {
    for (const kind of ['', '-chain', '-rootchain']) sandbox.write(`certs/${name}${kind}.pem`, name + kind);
  }
  sandbox.write('out/.keep', '');
  return sandbox;
}

export interface Circumstances {
  readonly file?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingFolder?: string;
  readonly files?: typeof nodeFiles;
}

/** Reads what is in the sandbox, started in its folder. */
export function read(sandbox: Sandbox, circumstances: Circumstances = {}): Configuration {
  const { file = 'ocspbot.yaml', environment = {}, workingFolder = sandbox.folder } = circumstances;
  const { files = nodeFiles } = circumstances;
  return readConfiguration(file, { files, environment, workingFolder, relieveMemory });
}

/** Writes the main file, and reads it. */
export function readText(
  sandbox: Sandbox,
  yaml: string | Uint8Array,
  circumstances?: Circumstances,
): Configuration {
  sandbox.write('ocspbot.yaml', yaml);
  if (typeof yaml === 'string') compareWithSchema(yaml, problemsInText(sandbox, circumstances));
  return read(sandbox, circumstances);
}

/** The messages of the problems in the text of the main file, without those of files that it includes. */
function problemsInText(sandbox: Sandbox, circumstances?: Circumstances): string[] {
  try {
    read(sandbox, circumstances);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const problems = error.problems.filter(
      ({ position }) => position.file === (circumstances?.file ?? 'ocspbot.yaml'),
    );
    return problems.map(({ message, hint }) => `${message}: ${hint}`);
  }
}

/**
 * The texts of the problems, in the text and on the disk, with DIR for the folder; none when the configuration is right.
 */
export function problemsOf(
  sandbox: Sandbox,
  yaml: string | Uint8Array,
  circumstances?: Circumstances,
): string[] {
  const textOf = (problem: Problem): string => formatProblem(problem).replaceAll(sandbox.folder, 'DIR');
  try {
    return readText(sandbox, yaml, circumstances).defects.map(textOf);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map(textOf);
  }
}

/** An entry of `domains` that is right. */
export function domain(name: string, ocsp = `out/${name}.ocsp`): string {
  return `{cert: certs/${name}.pem, ocsp: ${ocsp}}`;
}

/** Counts the calls of the file system while a configuration is read. */
export function countCalls(sandbox: Sandbox, yaml: string): Record<'entries' | 'facts' | 'resolve', number> {
  const counts = { entries: 0, facts: 0, resolve: 0 };
  const counted = <T>(name: keyof typeof counts, call: (path: string) => T) => {
    return (path: string): T => {
      counts[name]++;
      return call(path);
    };
  };
  const files = {
    read: nodeFiles.read,
    entries: counted('entries', nodeFiles.entries),
    facts: counted('facts', nodeFiles.facts),
    resolve: counted('resolve', nodeFiles.resolve),
    identity: nodeFiles.identity,
  };
  sandbox.write('ocspbot.yaml', yaml);
  readConfiguration('ocspbot.yaml', { files, environment: {}, workingFolder: sandbox.folder, relieveMemory });
  return counts;
}
