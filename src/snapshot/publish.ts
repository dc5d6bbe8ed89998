import type { Configuration } from '../configuration/model.js';
import { folderTrouble, resolveTarget } from '../installation/target.js';
import { doStep, errno } from '../storage/errors.js';
import { removeStaleTemporaryFiles, replaceFile } from '../storage/temporary-files.js';
import type { Tools } from '../storage/tools.js';
import type { Files } from '../system/system.js';
import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import type { Snapshot } from './snapshot.js';

/** A kind of file that shows a snapshot. */
interface Shape {
  readonly name: string;
  /** The beginning of each file of the kind. A file without it is not ours. */
  readonly beginning: string;
  /** The consequence if the file was not written, and the advice if another file stands there. */
  readonly consequence: string;
  readonly hint: string;
}

const METRICS: Shape = {
  name: 'metrics',
  beginning: '# HELP ocspbot_',
  consequence: 'monitoring does not see this run',
  hint: 'name another file under "metrics_file"; if this one has no use, remove it',
};

const PAGE: Shape = {
  name: 'page',
  beginning: '<!doctype html>\n<!-- ocspbot status -->\n',
  consequence: 'an older page may still be there',
  hint: 'name another file under "html_file" or after --html; if this one has no use, remove it',
};

/** Writes the metrics. Throws OcspbotErrors. */
export async function writeMetrics(path: string, snapshot: Snapshot, tools: Tools): Promise<void> {
  const { metricsText } = await import('./metrics.js');
  await replaceOwn(path, metricsText(snapshot), METRICS, tools);
}

/** Writes the page. Throws OcspbotErrors. */
export async function writePage(path: string, snapshot: Snapshot, tools: Tools): Promise<void> {
  const { pageText } = await import('./page.js');
  await replaceOwn(path, PAGE.beginning + pageText(snapshot), PAGE, tools);
}

/** Replaces a file of one of our shapes in one step. A file of another kind is not replaced. */
async function replaceOwn(path: string, text: string, shape: Shape, tools: Tools): Promise<void> {
  const { name, consequence } = shape;
  await doStep(`write the ${name} to ${path}`, consequence, async () => {
    // An administrator may have made a link, and may have closed the file to others: both stay.
    const target = resolveTarget(path, tools.files);
    if (target.existing !== undefined && !isReplaceable(target.path, shape, tools.files))
      throw notReplaced(path, shape);
    await replaceFile(target.path, text, tools, target);
    // Killed runs have left these. Other programs may have files in this folder, too.
    const ours = tools.files.list(target.folder).filter((one) => one.startsWith(`.${target.name}.`));
    await removeStaleTemporaryFiles(target.folder, ours, tools);
  });
}

function notReplaced(path: string, { name, hint }: Shape): OcspbotError {
  return new OcspbotError('target-unsuitable', `${path} is not replaced: it holds no ${name} of ocspbot`, {
    hint,
  });
}

/** Finds the reasons why a run would not write metrics and page. What cannot be read is told by the run. */
export function shownFileTroubles(
  { metricsFile, htmlFile }: Pick<Configuration, 'metricsFile' | 'htmlFile'>,
  files: Files,
): { readonly what: string; readonly error: OcspbotError }[] {
  const troubleOf = (what: string, path: string | undefined, shape: Shape) => {
    const error = path === undefined ? undefined : shownFileTrouble(path, shape, files);
    return error === undefined ? [] : [{ what, error }];
  };
  return [...troubleOf('metrics_file', metricsFile, METRICS), ...troubleOf('html_file', htmlFile, PAGE)];
}

function shownFileTrouble(path: string, shape: Shape, files: Files): OcspbotError | undefined {
  if (isOfOthers(path, shape, files)) return notReplaced(path, shape);
  try {
    return folderTrouble(resolveTarget(path, files).folder, files);
  } catch {
    // The rules of the configuration report such a path, or the run does.
    return undefined;
  }
}

function isOfOthers(path: string, shape: Shape, files: Pick<Files, 'facts' | 'resolve' | 'read'>): boolean {
  try {
    const real = files.resolve(path);
    return files.facts(real)?.kind === 'file' && !isReplaceable(real, shape, files);
  } catch {
    return false;
  }
}

function isReplaceable(path: string, { beginning }: Shape, files: Pick<Files, 'read'>): boolean {
  try {
    const known = Buffer.from(files.read(path, LIMITS.shownFile));
    return known.length === 0 || known.subarray(0, beginning.length).toString('latin1') === beginning;
  } catch (error) {
    if (errno(error) === 'EFBIG') return false;
    throw error;
  }
}
