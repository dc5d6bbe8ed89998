import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { estateName, makeEstate } from '../support/estate.js';

const DAY = 86_400_000;

/** Signing for ten thousand takes a minute: what was made is kept as long as its staples are not due. */
const CACHE = resolve('node_modules/.cache/bench');
const FRESH = 2 * DAY;

export const PORT = 18_888;
export const URL = `http://127.0.0.1:${PORT}/`;
export const PARALLEL = 16;

/** Where all is well: certificates of an RSA CA, as the great ones are. */
export interface BenchEstate {
  readonly folder: string;
  readonly count: number;
  /** Configurations that find the certificates in their folder, and that list them. */
  readonly scanned: string;
  readonly listed: string;
}

export function openEstate(count: number): BenchEstate {
  const folder = join(CACHE, String(count));
  const complete = join(folder, 'complete');
  if (!existsSync(complete) || Date.now() - Number(readFileSync(complete, 'utf8')) > FRESH) {
    rmSync(folder, { recursive: true, force: true });
    console.log(`making ${count} certificates and their responses …`);
    makeEstate(folder, { count, key: 'rsa-2048', ocspUrl: URL, now: Date.now() });
    writeFileSync(join(folder, 'scanned.yaml'), scanned(folder));
    writeFileSync(join(folder, 'listed.yaml'), listed(folder, count));
    writeFileSync(complete, String(Date.now()));
  }
  return { folder, count, scanned: join(folder, 'scanned.yaml'), listed: join(folder, 'listed.yaml') };
}

export function removeStaples({ folder }: BenchEstate): void {
  for (const name of readdirSync(join(folder, 'staples')))
    rmSync(join(folder, 'staples', name), { recursive: true });
}

const head = (folder: string) =>
  `ocsp_folder: ${folder}/staples\nminimum_validity: 3d\nparallel_threads: ${PARALLEL}\n`;

const scanned = (folder: string) => `${head(folder)}scan_keys:\n  - folder: ${folder}/certs\n`;

function listed(folder: string, count: number): string {
  const entries = Array.from({ length: count }, (_, index) => {
    const name = estateName(index);
    return [
      `  ${name}.example:`,
      `    cert: ${folder}/certs/${name}.pem`,
      `    chain: ${folder}/certs/${name}-chain.pem`,
      `    rootchain: ${folder}/certs/${name}-rootchain.pem`,
      `    ocsp: ${name}.ocsp-resp`,
    ].join('\n');
  });
  return `${head(folder)}domains:\n${entries.join('\n')}\n`;
}
