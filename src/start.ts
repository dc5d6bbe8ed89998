#!/usr/bin/env node
/**
 * The installed command. It starts the program from what V8 compiled of it in the build (build.mjs): compiling would
 * take longer than all that a run with nothing to do does.
 */
import './fault.js';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';

const PROGRAM = join(__dirname, '../ocspbot.js');
const CODE = join(__dirname, 'ocspbot.code');
const DIGEST_LENGTH = 32;

const program = readProgram();
// The program is ASCII, and this the quickest way to read it.
new Script(program.toString('latin1'), { filename: PROGRAM, ...codeOf(program) }).runInThisContext();

function readProgram(): Buffer {
  const contents = readPackaged();
  // V8 would run it, and do nothing. Whatever else is cut off is an error of syntax.
  if (contents.length === 0) throw new Error(`${PROGRAM} is empty: install the package again`);
  return contents;
}

function readPackaged(): Buffer {
  try {
    return readFileSync(PROGRAM);
  } catch (cause) {
    const advice = 'copy dist/ocspbot.js of the package alone instead';
    throw new Error(`cannot read ${PROGRAM}, which this file only starts: ${advice}`, { cause });
  }
}

/**
 * The code of the program, behind the digest of both. Where it is missing, damaged or of another Node.js, V8 compiles
 * the program anew: it looks at its own version and at the program's length itself, and takes the rest on trust.
 */
function codeOf(contents: Buffer): { readonly cachedData?: Buffer } {
  try {
    const kept = readFileSync(CODE);
    const [digest, cachedData] = [kept.subarray(0, DIGEST_LENGTH), kept.subarray(DIGEST_LENGTH)];
    const isTheirs = createHash('sha256').update(contents).update(cachedData).digest().equals(digest);
    return isTheirs ? { cachedData } : {};
  } catch {
    return {};
  }
}
