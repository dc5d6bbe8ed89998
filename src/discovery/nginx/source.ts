import { dirname, isAbsolute, join, normalize } from 'node:path';
import type { ConfigurationFiles, PathKind } from '../model.js';
import { matchPattern } from '../patterns.js';
import { type Parsed, parseFile } from './syntax.js';

/** The line with which `nginx -T` begins each file. */
const HEADING = /^# configuration file (.+):$/gm;

/** The files of a configuration: those of a dump, or those of the disk. */
export interface NginxSource {
  readonly main: string;
  /** The folder that relative paths are relative to. */
  readonly prefix: string;
  /** Returns the content of a file; undefined if it is missing. Each file is parsed once. */
  parsed(path: string): Parsed | undefined;
  matching(pattern: string): readonly string[];
  kindOf(path: string): PathKind;
}

type Texts = Pick<ConfigurationFiles, 'read' | 'matching' | 'kindOf'>;

export function isDump(text: string): boolean {
  return /^# configuration file .+:$/m.test(text);
}

/** Reads the output of `nginx -T`: the main file, and then each included one. */
export function openDump(dump: string): NginxSource {
  const headings = [...dump.matchAll(HEADING)];
  const texts = new Map<string, string>();
  for (const [index, heading] of headings.entries()) {
    const start = heading.index + heading[0].length + 1;
    const path = normalize(heading[1] as string);
    // A comment of a file may look like a heading; the first file of a name is the real one.
    if (!texts.has(path)) texts.set(path, dump.slice(start, headings[index + 1]?.index));
  }
  const byFolder = new Map<string, string[]>();
  for (const path of texts.keys()) {
    const paths = byFolder.get(dirname(path)) ?? [];
    paths.push(path);
    byFolder.set(dirname(path), paths);
  }
  const [main = ''] = texts.keys();
  // nginx shows the paths as they are written: ./sites/a.conf and sites//a.conf.
  return open(main, {
    read: (path) => texts.get(normalize(path)),
    matching: (pattern) => matchPattern(normalize(pattern), byFolder),
    kindOf: (path) => (texts.has(normalize(path)) ? 'file' : 'absent'),
  });
}

/** Reads a configuration from the disk, beginning with the text of its main file. */
export function openMainFile(main: string, text: string, files: ConfigurationFiles): NginxSource {
  return open(main, {
    read: (path) => (path === main ? text : files.read(path)),
    matching: (pattern) => files.matching(pattern),
    kindOf: (path) => files.kindOf(path),
  });
}

function open(main: string, files: Texts): NginxSource {
  const parsed = new Map<string, Parsed | undefined>();
  return {
    main,
    prefix: dirname(main),
    parsed: (path) => {
      if (!parsed.has(path)) {
        const text = files.read(path);
        parsed.set(path, text === undefined ? undefined : parseFile(text));
      }
      return parsed.get(path);
    },
    matching: (pattern) => files.matching(pattern),
    kindOf: (path) => files.kindOf(path),
  };
}

export function absolute(path: string, prefix: string): string {
  return isAbsolute(path) ? path : join(prefix, path);
}
