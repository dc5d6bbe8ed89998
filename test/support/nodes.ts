import { execFileSync } from 'node:child_process';

export interface Node {
  /** `v22.11.0` */
  readonly version: string;
  readonly path: string;
}

/** The Node.js of this run, and the executables of OCSPBOT_NODES: paths separated by colons. */
export const NODES: readonly Node[] = [process.execPath, ...others()].map((path) => ({
  path,
  version: execFileSync(path, ['--version'], { encoding: 'utf8' }).trim(),
}));

function others(): string[] {
  return (process.env['OCSPBOT_NODES'] ?? '').split(':').filter((path) => path !== '');
}
