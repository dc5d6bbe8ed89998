import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { System } from '../system/system.js';
import type { TopSection } from './keys.js';

/** What the paths of a configuration are relative to. */
export interface Paths {
  /** For all files but responses. */
  readonly base: string;
  /** What `base` is, in words. */
  readonly origin: string;
  /** For responses. */
  readonly ocspFolder: string;
  /** For messages, the path as short as it can be from where the program was started. */
  shown(path: string): string;
}

export function pathsOf(file: string, top: TopSection, workingFolder: string): Paths {
  const isByFile = top.relative_to?.value === 'config';
  const base = isByFile ? dirname(resolve(workingFolder, file)) : resolve(workingFolder);
  const origin = isByFile ? 'the folder of the configuration' : 'the working directory';
  const shown = (path: string): string => {
    const short = relative(workingFolder, path);
    return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
  };
  return { base, origin, ocspFolder: resolve(base, top.ocsp_folder?.value ?? ''), shown };
}

/** systemd names its state folders in `$STATE_DIRECTORY`, with colons between them. */
export function stateFolderOf(top: TopSection, paths: Paths, environment: System['environment']): string {
  if (top.state_folder !== undefined) return resolve(paths.base, top.state_folder.value);
  const [first = ''] = (environment['STATE_DIRECTORY'] ?? '').split(':');
  return isAbsolute(first) ? resolve(first) : join(paths.ocspFolder, '.ocspbot');
}
