import { basename, dirname } from 'node:path';
import type { Configuration } from '../configuration/model.js';
import type { Clock, RunEnd } from '../run/types.js';
import type { System } from '../system/system.js';
import { attempt, errno } from '../storage/errors.js';
import { removeStaleTemporaryFiles, replaceFile } from '../storage/temporary-files.js';
import type { Tools } from '../storage/tools.js';
import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { metricsText } from './metrics.js';
import { takeSnapshot } from './take.js';

/** The beginning of each file of metrics. A file without it is not ours. */
const BEGINNING = '# HELP ocspbot_';

const EVERYTHING = { only: [], match: [] };

/** Writes the metrics of all certificates after a run. Throws OcspbotErrors. */
export async function publishMetrics(
  configuration: Configuration,
  { runs, pending }: RunEnd,
  moment: Clock,
  system: System,
): Promise<void> {
  const { metricsFile } = configuration;
  if (metricsFile === undefined) return;
  const found = takeSnapshot(configuration, EVERYTHING, moment, system);
  const services = found.services.map((one) => ({ ...one, isPending: pending.includes(one.name) }));
  const snapshot = { ...found, runs, services };
  await replaceMetrics(metricsFile, metricsText(snapshot), { ...system, now: moment.now });
}

/** Replaces the file of metrics in one step. A file that is no file of metrics is not replaced. */
async function replaceMetrics(path: string, text: string, tools: Tools): Promise<void> {
  await attempt(`write the metrics to ${path}`, 'monitoring does not see this run', async () => {
    if (!isReplaceable(path, tools))
      throw new OcspbotError('target-unsuitable', `${path} is not replaced: it holds no metrics of ocspbot`, {
        hint: 'name another file under "metrics_file"; if this one has no use, remove it',
      });
    const folder = dirname(path);
    await replaceFile(folder, basename(path), text, tools);
    // What killed runs have left: other programs may have files in this folder, too.
    const ours = tools.files.list(folder).filter((name) => name.startsWith(`.${basename(path)}.`));
    await removeStaleTemporaryFiles(folder, ours, tools);
  });
}

function isReplaceable(path: string, { files }: Tools): boolean {
  try {
    const known = Buffer.from(files.read(path, LIMITS.metricsFile));
    return known.length === 0 || known.subarray(0, BEGINNING.length).toString('latin1') === BEGINNING;
  } catch (error) {
    if (errno(error) === 'ENOENT') return true;
    if (errno(error) === 'EFBIG') return false;
    throw error;
  }
}
