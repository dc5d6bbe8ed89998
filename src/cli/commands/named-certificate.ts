import { readConfiguration } from '../../configuration/read.js';
import { loadEntry } from '../../run/entries.js';
import {
  type InspectedCertificate,
  inspect,
  type InspectionContext,
  openInspection,
} from '../../run/inspect.js';
import { findEntry } from '../../run/selection.js';
import type { System } from '../../system/system.js';
import { IssuerCache } from '../../x509/load.js';
import { readClock } from '../clock.js';

/** A certificate of a configuration, by its name. */
interface Wanted {
  readonly file: string;
  readonly name: string;
  readonly now: string | undefined;
}

/** Inspects the certificate that a command names as a run would. Throws OcspbotErrors. */
export async function inspectNamed(
  { file, name, now }: Wanted,
  system: System,
): Promise<{ readonly certificate: InspectedCertificate; readonly context: InspectionContext }> {
  const moment = await readClock(now, system);
  const configuration = readConfiguration(file, system);
  const entry = findEntry(configuration, name);
  const subject = loadEntry(entry, system.files, new IssuerCache(system.files), moment.now);
  const context = openInspection(configuration, moment, system);
  return { certificate: inspect(entry, subject, context), context };
}
