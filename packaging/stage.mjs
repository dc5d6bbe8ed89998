/** A folder with the files of a package, whose modes and times are the same on every machine. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';

/** The folder of the packages. */
export const PACKAGES = 'packages';

export const { version, engines } = JSON.parse(readFileSync('package.json', 'utf8'));

/** Seconds: the time of all files in a package. Without SOURCE_DATE_EPOCH it is that of the build. */
export const EPOCH = Number(
  process.env['SOURCE_DATE_EPOCH'] ?? Math.floor(statSync('dist/ocspbot.js').mtimeMs / 1000),
);

/** Reports whether a file of the examples is for a machine that has the program, and not the sources or a controller. */
export function isForServers(example) {
  return !/^(?:ansible|demo|library)\//.test(example);
}

/** Calls `work` with an empty stage, which is removed afterwards. */
export function withStage(work) {
  const folder = mkdtempSync(join(tmpdir(), 'ocspbot-package-'));
  try {
    mkdirSync(PACKAGES, { recursive: true });
    return work(new Stage(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

class Stage {
  constructor(folder) {
    this.folder = folder;
  }

  write(path, content, mode = 0o644) {
    const target = join(this.folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
    chmodSync(target, mode);
  }

  /** Copies a file, or a folder with all that is in it and passes the filter. A source that is missing is an error. */
  copy(source, path, accepts = () => true) {
    if (statSync(source).isDirectory()) {
      for (const file of filesIn(source).filter(accepts)) this.copy(join(source, file), join(path, file));
    } else this.write(path, readFileSync(source), statSync(source).mode & 0o111 ? 0o755 : 0o644);
  }

  /** For what not every build writes. */
  copyIfThere(source, path) {
    if (existsSync(source)) this.copy(source, path);
  }

  compress(content, path) {
    this.write(path, gzipSync(content, { level: 9 }));
  }

  /** Files of the stage, sorted. */
  files() {
    return filesIn(this.folder);
  }

  /** Gives all files and folders the same time, and folders the same mode. */
  settle() {
    for (const name of ['', ...readdirSync(this.folder, { recursive: true })]) {
      const path = join(this.folder, name);
      if (statSync(path).isDirectory()) chmodSync(path, 0o755);
      utimesSync(path, EPOCH, EPOCH);
    }
  }
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    .toSorted();
}

/** Runs a program to its end; its output is shown. */
export function run(program, ...args) {
  const { status, error } = spawnSync(program, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, SOURCE_DATE_EPOCH: String(EPOCH) },
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}`);
}
