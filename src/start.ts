#!/usr/bin/env node
/**
 * The installed command. It starts the program from the code cache that V8 made in the build (build.mjs): compilation
 * would take longer than the rest of a run with nothing to do.
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
// The program is ASCII, for which latin1 is the fastest decoder.
new Script(program.toString('latin1'), { filename: PROGRAM, ...codeOf(program) }).runInThisContext();

function readProgram(): Buffer {
  const contents = readPackaged();
  // V8 would run an empty file and do nothing. A file that is cut off anywhere else is a syntax error.
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
 * Returns the code cache of the program. Its file begins with the digest of the program's last line, which names the
 * build, and of the cache. If it is missing, damaged, or of another build or Node.js, V8 compiles the program anew. V8
 * itself checks only its own version and the length of the program.
 */
function codeOf(contents: Buffer): { readonly cachedData?: Buffer } {
  try {
    const kept = readFileSync(CODE);
    const [digest, cachedData] = [kept.subarray(0, DIGEST_LENGTH), kept.subarray(DIGEST_LENGTH)];
    const build = contents.subarray(contents.lastIndexOf('\n', -2) + 1);
    const isOfBuild = createHash('sha256').update(build).update(cachedData).digest().equals(digest);
    return isOfBuild ? { cachedData } : {};
  } catch {
    return {};
  }
}
