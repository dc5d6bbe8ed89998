import { existsSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Programs in other languages to compare with, where there are any: $OCSPBOT_BENCH_REFERENCES names their folder.
 * They work on the files that test/bench/certificate-sets.ts makes.
 */
const FOLDER = process.env['OCSPBOT_BENCH_REFERENCES'];

/** `limit FOLDER COUNT`: one thread of C and libcrypto that reads, parses and verifies everything. */
export function nothingDue(folder: string, count: number): readonly string[] | undefined {
  return find('limit', folder, String(count));
}

/** `refresh_ref FOLDER COUNT URL WORKERS`: Go that asks, verifies and replaces, without syncing to the disk. */
export function refresh(
  folder: string,
  count: number,
  url: string,
  workers: number,
): readonly string[] | undefined {
  return find('refresh_ref', folder, String(count), url, String(workers));
}

function find(name: string, ...args: readonly string[]): readonly string[] | undefined {
  const program = FOLDER && join(FOLDER, name);
  return program && existsSync(program) ? [program, ...args] : undefined;
}
