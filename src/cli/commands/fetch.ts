import { resolve } from 'node:path';
import { openResponders } from '../../client/client.js';
import { loadIssuerResponders } from '../../client/responder-url.js';
import type { StapleSource } from '../../client/types.js';
import type { Configuration, Entry } from '../../configuration/model.js';
import { defaultSettings, readConfiguration } from '../../configuration/read.js';
import type { VerifiedResponse } from '../../ocsp/verify/verify.js';
import { statusOfError, statusOfFetch } from '../../report/exit-status.js';
import { attention } from '../../report/text.js';
import { fetchOne } from '../../run/fetch-one.js';
import type { System } from '../../system/system.js';
import { type OcspbotError, toOcspbotError } from '../../util/errors.js';
import { LIMITS } from '../../util/limits.js';
import { formatDuration, type Instant } from '../../util/time.js';
import { IssuerCache, loadReadable } from '../../x509/load.js';
import { loadSubject } from '../../x509/subject.js';
import type { FetchCommand } from '../command.js';
import { openConsole } from '../console.js';
import type { Sinks } from '../sinks.js';
import { readClock } from '../clock.js';
import { optionHint } from '../option-hint.js';
import { usage } from '../values.js';

/**
 * Fetches a response, verifies it and writes it to standard output, for servers that run a program for their staples
 * (nghttpx, h2o). Returns 75 if a later attempt may succeed, and 32 if somebody must act first.
 */
export async function fetchCommand(command: FetchCommand, system: System, sinks: Sinks): Promise<number> {
  if (sinks.stdout.isTerminal)
    throw usage('the response is binary, and standard output is a terminal', 'write it to a file: > FILE');
  try {
    sinks.stdout.write((await fetch(command, system)).der);
    return 0;
  } catch (error) {
    const known = toOcspbotError(error);
    const status = statusOfFetch(known.code);
    if (status === statusOfError(known.code)) throw error;
    openConsole(sinks, command.output).say(messageOf(known));
    return status;
  }
}

function messageOf({ code, message, hint }: OcspbotError) {
  switch (code) {
    case 'run-timeout':
      return attention('error', `no response within ${formatDuration(LIMITS.fetchTimeout)}`);
    case 'interrupted':
      return attention('error', message);
    default:
      return attention('error', message, optionHint(hint, 'fetch'));
  }
}

async function fetch(command: FetchCommand, system: System): Promise<VerifiedResponse> {
  const moment = await readClock(command.now, system);
  const settings = settingsFor(command, system);
  const entry = entryFor(command, settings.entries, system);
  const subject = loadSubject(entry, system.files, new IssuerCache(system.files), moment.now);
  const stop = system.openStop(LIMITS.fetchTimeout);
  const source = openSource(settings, moment.now, stop.signal, system);
  try {
    return await fetchOne(entry, subject, source, {
      ...moment,
      configuration: settings,
      trustedResponders: loadReadable(settings.trustedResponders, system.files),
      issuerResponders: loadIssuerResponders(settings, system.files),
    });
  } finally {
    await source.close();
    stop.close();
  }
}

type FetchSettings = Pick<
  Configuration,
  'entries' | 'http' | 'policy' | 'thresholds' | 'issuers' | 'trustedResponders'
>;

/** Returns the settings of the configuration that the command names, or the defaults. */
function settingsFor({ settings }: FetchCommand, system: System): FetchSettings {
  if (settings !== undefined) return readConfiguration(settings, system);
  return { entries: [], ...defaultSettings(system) };
}

/** Makes the entry of the certificate. If the configuration has an entry of the same file, it fills in what is left out. */
function entryFor(
  { cert: written, issuer, root, responder }: FetchCommand,
  entries: readonly Entry[],
  { workingFolder }: System,
): Entry {
  const cert = resolve(workingFolder, written);
  const known = entries.find((entry) => entry.cert === cert);
  return {
    name: written,
    cert,
    chain: issuer === undefined ? known?.chain : resolve(workingFolder, issuer),
    rootchain: root === undefined ? known?.rootchain : resolve(workingFolder, root),
    responder: responder === undefined ? known?.responder : { kind: 'url', url: responder },
    // Nothing is installed.
    ocsp: '',
    services: [],
    position: { file: written, line: 1, column: 1 },
  };
}

/** Opens the responders without a state folder: no earlier run delays this one, and it leaves nothing to later ones. */
function openSource({ http }: FetchSettings, now: Instant, stop: AbortSignal, system: System): StapleSource {
  return openResponders({
    settings: http,
    certificates: () => [],
    folder: undefined,
    dryRun: true,
    now,
    system,
    stop,
  });
}
