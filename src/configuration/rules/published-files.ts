import { dirname } from 'node:path';
import { quote } from '../../util/text.js';
import type { SourceRange } from '../yaml/source.js';
import { inputsAmong } from './input-files.js';
import type { Rule, Draft } from './rule.js';
import { TARGET_FAULTS } from './target-faults.js';

/** Requires that logs, metrics and page have files of their own. Both logs may be in one file. */
export const publishedFilesAreTheirOwn: Rule = (draft, { problems }) => {
  const { lookup } = draft;
  const { logs, shown } = writtenFiles(draft);
  const files = [...logs, ...shown];
  if (files.length === 0) return;
  const others = inputsAmong(new Set(files.map(({ path }) => lookup.look(path).real)), draft);
  const add = (path: string, what: () => string): void => {
    others.set(lookup.look(path).real, { path, what });
  };
  for (const { entry } of draft.candidates) add(entry.ocsp, () => `the response of ${quote(entry.name)}`);
  const check = ({ key, path, range }: WrittenFile): void => {
    const other = others.get(lookup.look(path).real);
    if (other === undefined) return;
    problems.add(range, `"${key}" would overwrite ${other.what()}: ${quote(path)}`, 'name a file of its own');
  };
  for (const log of logs) check(log);
  for (const { key, path } of logs) add(path, () => `"${key}"`);
  for (const file of shown) {
    check(file);
    add(file.path, () => `"${file.key}"`);
  }
};

/**
 * Requires that the paths of logs, metrics and page can be those of files. A run cannot begin without its logs. A path with
 * a placeholder depends on the time.
 */
export const publishedFilesArePossible: Rule = (draft, { defects }) => {
  const { logs, shown } = writtenFiles(draft);
  for (const { key, path, range } of [...logs, ...shown]) {
    if (path.includes('{') || draft.lookup.look(dirname(path)).kind !== 'folder') continue;
    const { kind } = draft.lookup.look(path);
    const fault = kind === 'folder' || kind === 'too-long' ? TARGET_FAULTS[kind] : undefined;
    if (fault !== undefined)
      defects.addShared('reported-by-run', range, [`"${key}" ${fault[0]}: ${quote(path)}`, fault[1]]);
  }
};

interface WrittenFile {
  readonly key: string;
  readonly path: string;
  readonly range: SourceRange;
}

/** Returns the files that a run writes besides responses. The name of a log may depend on the time. */
function writtenFiles({ top, settings }: Draft): Record<'logs' | 'shown', readonly WrittenFile[]> {
  const fileOf = (
    key: 'output_log' | 'error_log' | 'metrics_file' | 'html_file',
    path: string | undefined,
  ): WrittenFile[] => {
    const range = top[key]?.range;
    return path === undefined || range === undefined ? [] : [{ key, path, range }];
  };
  const { outputLog, errorLog, metricsFile, htmlFile } = settings;
  return {
    logs: [...fileOf('output_log', outputLog), ...fileOf('error_log', errorLog)],
    shown: [...fileOf('metrics_file', metricsFile), ...fileOf('html_file', htmlFile)],
  };
}
