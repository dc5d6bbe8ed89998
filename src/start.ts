#!/usr/bin/env node
/**
 * The installed command. It starts the program from the code cache that V8 made in the build (packaging/code-cache.mjs):
 * compilation would take longer than the rest of a run with nothing to do.
 */
import './fault.js';
import { createHash } from 'node:crypto';
import { fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';

const PROGRAM = join(__dirname, '../ocspbot.js');
const DIGEST_LENGTH = 32;
/**
 * The last line of the program: it names the build, and says how many octets before it are the second part, and how many
 * lines are the first.
 */
const LAST_LINE = /^\/\/ build [0-9a-f]{64} (\d{8}) (\d{8})\n$/;
const LAST_LINE_LENGTH = 92;

type LatePackages = (require: unknown) => unknown;

// The file stays open, so that an installation in the meantime does not mix two versions.
const program = openProgram();
const { size } = fstatSync(program);
const lastLine = read(Math.max(0, size - LAST_LINE_LENGTH), size);
const { boundary, lines } = boundaryIn(lastLine);

// Few runs need the packages of the second part. They begin with this call, and their script puts its own function here.
Object.assign(globalThis, {
  latePackages: (require: unknown) => {
    assertSameProgram();
    runPart({ start: boundary, end: size, lineOffset: lines }, 'packages.code');
    return (globalThis as unknown as { readonly latePackages: LatePackages }).latePackages(require);
  },
});
runPart({ start: 0, end: boundary, lineOffset: 0 }, 'ocspbot.code');

function openProgram(): number {
  try {
    return openSync(PROGRAM, 'r');
  } catch (cause) {
    const advice = 'copy dist/ocspbot.js of the package alone instead';
    throw new Error(`cannot read ${PROGRAM}, which this file only starts: ${advice}`, { cause });
  }
}

/** Returns where the second part begins. A file that was cut off is not a program: V8 would run an empty one and do nothing. */
function boundaryIn(line: Buffer): { readonly boundary: number; readonly lines: number } {
  const [, length, lines] = LAST_LINE.exec(line.toString('latin1')) ?? [];
  if (length === undefined) throw new Error(`${PROGRAM} is incomplete: install the package again`);
  return { boundary: size - LAST_LINE_LENGTH - Number(length), lines: Number(lines) };
}

/** Notices a copy that was written into the open file: one version's packages must not run in the other's program. */
function assertSameProgram(): void {
  if (!read(size - LAST_LINE_LENGTH, size).equals(lastLine))
    throw new Error(`${PROGRAM} was overwritten during the run: run it again`);
}

interface Part {
  readonly start: number;
  readonly end: number;
  /** The lines of the file before this part, for stack traces. */
  readonly lineOffset: number;
}

function runPart({ start, end, lineOffset }: Part, codeFile: string): void {
  // The program is ASCII, for which latin1 is the fastest decoder.
  const text = read(start, end).toString('latin1');
  const code = codeOf(join(__dirname, codeFile));
  new Script(text, { filename: PROGRAM, lineOffset, ...code }).runInThisContext();
}

function read(start: number, end: number): Buffer {
  const bytes = Buffer.allocUnsafe(end - start);
  const count = readSync(program, bytes, { position: start });
  return bytes.subarray(0, count);
}

/**
 * Returns the code cache of a part. Its file begins with the digest of the program's last line and of the cache. If it is
 * missing, damaged, or of another build or Node.js, V8 compiles the part anew. V8 itself checks only its own version and
 * the length of the part.
 */
function codeOf(path: string): { readonly cachedData?: Buffer } {
  try {
    const kept = readFileSync(path);
    const [digest, cachedData] = [kept.subarray(0, DIGEST_LENGTH), kept.subarray(DIGEST_LENGTH)];
    const isOfBuild = createHash('sha256').update(lastLine).update(cachedData).digest().equals(digest);
    return isOfBuild ? { cachedData } : {};
  } catch {
    return {};
  }
}
