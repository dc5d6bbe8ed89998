import { openWaits } from '../client/access.js';
import type { Configuration, Entry } from '../configuration/model.js';
import { hasAlarms, type Outcome } from '../report/outcome.js';
import { openPreparation } from '../run/entries.js';
import type { InspectedCertificate } from '../run/inspect.js';
import type { Listener, RunEnd } from '../run/types.js';
import { readAttempts } from '../state/attempts.js';
import type { Tools } from '../storage/tools.js';
import { describe, toOcspbotError } from '../util/errors.js';
import { look, type Look, statusOf, statusOfInspected } from './certificate-status.js';
import { writeMetrics, writePage } from './publish.js';
import { filesFor, type PublishedFile, publishResponses } from './publish-responses.js';
import type { CertificateStatus, Snapshot } from './snapshot.js';
import { snapshotOf } from './take.js';

/** The files that show the results of a run: metrics, page and published responses. */
export interface Publication {
  /** Takes a certificate that the run keeps. Only what is to be published of it is remembered. */
  kept(certificate: InspectedCertificate, outcome: Outcome): void;
  /** Writes the files at the end of the run. A failure is reported, and stops no other file. Returns what they show. */
  publish(end: RunEnd): Promise<Snapshot | undefined>;
}

/** A certificate, as it is published. */
interface Shown {
  readonly status: CertificateStatus;
  readonly files: readonly PublishedFile[];
}

/**
 * Opens the publication of a run. Certificates that the run has inspected and left alone are not inspected again, so that the
 * files agree with its report.
 */
export function openPublication(
  configuration: Configuration,
  tools: Tools,
  warn: Listener['warn'],
): Publication {
  const kept = new Map<Entry, Shown>();
  const records = {
    configuration,
    now: tools.now,
    attempts: readAttempts(configuration.ownState.folder, tools),
  };
  const tell = (error: unknown) => warn(describe(error), toOcspbotError(error).hint);
  return {
    kept: (certificate, outcome) => {
      const { entry } = certificate;
      // The refresh of another certificate may replace a shared file. Answers about issuers are recorded after the run.
      if (entry.shared !== undefined || hasAlarms(outcome)) return;
      try {
        const status = statusOfInspected(certificate, { kind: 'settled', outcome }, records);
        kept.set(entry, { status, files: publishedFiles(certificate, configuration) });
      } catch {
        // A fault here must not stop the run: at its end the certificate is inspected once more.
      }
    },
    publish: async (end) => {
      try {
        const content = contentAfter(end, kept, configuration, tools);
        // Another publisher may have published a response that was signed during this run.
        const later = { ...tools, now: end.context.now };
        for (const write of writersOf(configuration, content, later)) {
          const problems = await write().catch((error: unknown) => [error]);
          for (const problem of problems ?? []) tell(problem);
        }
        return content.snapshot;
      } catch (error) {
        tell(error);
        return undefined;
      }
    },
  };
}

function publishedFiles(
  certificate: InspectedCertificate,
  { publishFolder }: Configuration,
): readonly PublishedFile[] {
  return publishFolder === undefined ? [] : filesFor(certificate);
}

interface Content {
  readonly snapshot: Snapshot;
  readonly files: readonly PublishedFile[];
}

/** Returns what there is to write after a run. Certificates that were not kept are looked at now. */
function contentAfter(
  end: RunEnd,
  kept: ReadonlyMap<Entry, Shown>,
  configuration: Configuration,
  tools: Tools,
): Content {
  const { folder } = configuration.ownState;
  const attempts = readAttempts(folder, tools);
  const waitFor = end.waitFor ?? openWaits(folder, tools);
  const records = { configuration, now: tools.now, attempts, context: end.context, waitFor };
  const lookAgain = openLooks(end, tools);
  const all = configuration.entries.map((entry): Shown => {
    const known = kept.get(entry);
    if (known !== undefined) return known;
    const seen = lookAgain(entry);
    const files = seen.kind === 'broken' ? [] : publishedFiles(seen.certificate, configuration);
    return { status: statusOf(seen, records), files };
  });
  const certificates = all.map(({ status }) => status);
  const snapshot = afterRun(snapshotOf(certificates, { configuration, attempts }, tools), end);
  return { snapshot, files: all.flatMap(({ files }) => files) };
}

/** Returns the look at certificates that were not kept. Those that the run may have changed are read again. */
function openLooks({ untouched, context }: RunEnd, { files, now }: Tools): (entry: Entry) => Look {
  const known = new Map(untouched.map((certificate) => [certificate.entry, certificate]));
  const prepare = openPreparation(files, now);
  return (entry) => {
    const certificate = known.get(entry);
    return certificate === undefined ? look(prepare(entry), context) : { kind: 'inspected', certificate };
  };
}

/** Adds to a snapshot what the state folder has only after the run, and what only the run could see. */
function afterRun(snapshot: Snapshot, { runs, pending, unknownPlaces }: RunEnd): Snapshot {
  const services = snapshot.services.map((one) => ({ ...one, isPending: pending.includes(one.name) }));
  const problems = [...snapshot.problems, ...unknownPlaces];
  return { ...snapshot, problems, runs, services, isRunning: false };
}

function writersOf(
  { metricsFile, htmlFile, publishFolder, policy }: Configuration,
  { snapshot, files }: Content,
  tools: Tools,
): (() => Promise<readonly unknown[] | void>)[] {
  return [
    ...(publishFolder === undefined
      ? []
      : [() => publishResponses(files, { root: publishFolder, policy, tools })]),
    ...(metricsFile === undefined ? [] : [() => writeMetrics(metricsFile, snapshot, tools)]),
    ...(htmlFile === undefined ? [] : [() => writePage(htmlFile, snapshot, tools)]),
  ];
}
