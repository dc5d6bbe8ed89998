import { basename, dirname } from 'node:path';
import type { Configuration } from '../configuration/model.js';
import type { Clock, RunEnd } from '../run/types.js';
import type { System } from '../system/system.js';
import { attempt, errno } from '../storage/errors.js';
import { removeStaleTemporaryFiles, replaceFile } from '../storage/temporary-files.js';
import type { Tools } from '../storage/tools.js';
import { describe, OcspbotError, toOcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import type { Snapshot } from './snapshot.js';
import { takeSnapshot } from './take.js';

const EVERYTHING = { only: [], match: [] };

/** A kind of file that shows a snapshot. */
interface Shape {
  readonly name: string;
  /** The beginning of each file of the kind. A file without it is not ours. */
  readonly beginning: string;
  /** What it means if the file was not written, and what to do if another file stands there. */
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

/** Writes the files that show all certificates after a run. A failure is told, and hinders no other file. */
export async function publishSnapshot(
  configuration: Configuration,
  { runs, pending }: RunEnd,
  { moment, system, warn }: { moment: Clock; system: System; warn: (text: string, hint?: string) => void },
): Promise<void> {
  const { metricsFile, htmlFile } = configuration;
  const found = takeSnapshot(configuration, EVERYTHING, moment, system);
  const services = found.services.map((one) => ({ ...one, isPending: pending.includes(one.name) }));
  const snapshot = { ...found, runs, services };
  const tools = { ...system, now: moment.now };
  const tell = (error: unknown) => warn(describe(error), toOcspbotError(error).hint);
  if (metricsFile !== undefined) {
    const { metricsText } = await import('./metrics.js');
    await replaceOwn(metricsFile, metricsText(snapshot), METRICS, tools).catch(tell);
  }
  if (htmlFile !== undefined) await writePage(htmlFile, snapshot, tools).catch(tell);
}

/** Writes the page. Throws OcspbotErrors. */
export async function writePage(path: string, snapshot: Snapshot, tools: Tools): Promise<void> {
  const { pageText } = await import('./page.js');
  await replaceOwn(path, PAGE.beginning + pageText(snapshot), PAGE, tools);
}

/** Replaces a file of one of our shapes in one step. A file of another kind is not replaced. */
async function replaceOwn(path: string, text: string, shape: Shape, tools: Tools): Promise<void> {
  const { name, consequence, hint } = shape;
  await attempt(`write the ${name} to ${path}`, consequence, async () => {
    if (!isReplaceable(path, shape, tools))
      throw new OcspbotError('target-unsuitable', `${path} is not replaced: it holds no ${name} of ocspbot`, {
        hint,
      });
    const folder = dirname(path);
    await replaceFile(folder, basename(path), text, tools);
    // What killed runs have left: other programs may have files in this folder, too.
    const ours = tools.files.list(folder).filter((name) => name.startsWith(`.${basename(path)}.`));
    await removeStaleTemporaryFiles(folder, ours, tools);
  });
}

function isReplaceable(path: string, { beginning }: Shape, { files }: Tools): boolean {
  try {
    const known = Buffer.from(files.read(path, LIMITS.shownFile));
    return known.length === 0 || known.subarray(0, beginning.length).toString('latin1') === beginning;
  } catch (error) {
    if (errno(error) === 'ENOENT') return true;
    if (errno(error) === 'EFBIG') return false;
    throw error;
  }
}
