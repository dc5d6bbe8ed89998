import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/*
 * Programs in other languages to compare with: $OCSPBOT_BENCH_REFERENCES names the folder of their sources, and otherwise
 * ../shared/bench is tried. They work on the files that test/bench/certificate-sets.ts makes.
 */
const SOURCES = resolve(process.env['OCSPBOT_BENCH_REFERENCES'] ?? '../shared/bench');
const BUILT = resolve('node_modules/.cache/bench/references');

const GO = { GO111MODULE: 'off', GOPATH: '/usr/share/gocode' };

interface Reference {
  readonly source: string;
  compile(source: string, program: string): readonly string[];
}

/** `limit FOLDER COUNT`: one thread of C and libcrypto that reads, parses and verifies everything. */
const LIMIT: Reference = {
  source: 'limit.c',
  compile: (source, program) => ['cc', '-O2', source, '-lcrypto', '-o', program],
};

/** `refresh_sync FOLDER COUNT URL WORKERS`: Go that asks, verifies and replaces, and syncs file and folder. */
const REFRESH: Reference = {
  source: 'refresh_sync.go',
  compile: (source, program) => ['go', 'build', '-o', program, source],
};

export function nothingDue(folder: string, count: number): readonly string[] | undefined {
  return find(LIMIT, folder, String(count));
}

export function refresh(
  folder: string,
  count: number,
  url: string,
  workers: number,
): readonly string[] | undefined {
  return find(REFRESH, folder, String(count), url, String(workers));
}

/** Compiles a reference and returns its command. Says on the terminal if there is none. */
function find({ source, compile }: Reference, ...args: readonly string[]): readonly string[] | undefined {
  const path = join(SOURCES, source);
  if (!existsSync(path)) {
    console.log(`not compared: there is no ${path} (OCSPBOT_BENCH_REFERENCES names its folder)`);
    return undefined;
  }
  const program = join(BUILT, source.replace(/\.\w+$/, ''));
  mkdirSync(BUILT, { recursive: true });
  const [compiler = '', ...options] = compile(path, program);
  const { status, error } = spawnSync(compiler, options, {
    env: { ...process.env, ...GO },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status === 0) return [program, ...args];
  console.log(`not compared: ${compiler} cannot compile ${path}${error ? ` (${error.message})` : ''}`);
  return undefined;
}
