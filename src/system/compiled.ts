import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';

/**
 * Runs a program by the code that V8 compiled of it when it was built: compiling would take longer than all that a run
 * with nothing to do does. Where the code is missing, damaged or of another Node.js, V8 compiles the program anew.
 *
 * @param digest of both files, one after the other, in hexadecimal SHA-256: V8 looks at its own version and at the
 *   length of the program, and takes the rest on trust
 * @throws Error when there is no program
 */
export function startProgram(path: string, codePath: string, digest: string): void {
  const program = readProgram(path);
  const code = readCode(codePath);
  const isTheirs = createHash('sha256').update(program).update(code).digest('hex') === digest;
  const cachedData = isTheirs ? { cachedData: code } : {};
  // The program is ASCII, and this the quickest way to read it.
  new Script(program.toString('latin1'), { filename: path, ...cachedData }).runInThisContext();
}

function readProgram(path: string): Buffer {
  const program = readPackaged(path);
  // V8 would run it, and do nothing. Whatever else is cut off is an error of syntax.
  if (program.length === 0) throw new Error(`${path} is empty: install the package again`);
  return program;
}

function readPackaged(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new Error(
      `cannot read ${path}, which this file only starts: copy dist/ocspbot.js of the package alone instead`,
      {
        cause,
      },
    );
  }
}

function readCode(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
