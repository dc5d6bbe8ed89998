import { resolve } from 'node:path';
import type { Argv, Entry, Service } from '../configuration/model.js';
import type { VerifiedResponse } from '../ocsp/verify/verify.js';
import type { CommandResult, Files, System } from '../system/system.js';
import { quote, shownCommand } from '../util/text.js';
import { type Duration, formatDuration } from '../util/time.js';

interface Surroundings {
  readonly files: Pick<Files, 'facts' | 'resolve'>;
  readonly environment: System['environment'];
  readonly workingFolder: string;
}

/** Warns of each program of a service that could not be started now, and of each runtime socket that is missing. */
export function serviceWarnings(services: readonly Service[], system: Surroundings): string[] {
  return services.flatMap((service) => [
    ...programWarnings(service, system),
    ...socketWarnings(service, system.files),
  ]);
}

function programWarnings({ name, test, reload }: Service, system: Surroundings): string[] {
  const programs = new Set([...test, ...reload].map(([program]) => program));
  const missing = [...programs].filter((program) => !isExecutable(program, system));
  return missing.map((program) => {
    const place = program.includes('/') ? 'is not there, or not executable' : 'is not in PATH';
    return `the service ${quote(name)} could not be reloaded: ${quote(program)} ${place}`;
  });
}

function socketWarnings({ name, runtimeSockets }: Service, files: Surroundings['files']): string[] {
  return runtimeSockets.flatMap((address) => {
    if (address.kind === 'tcp' || kindAt(address.path, files) === 'other') return [];
    return [
      `the service ${quote(name)} has no runtime socket at ${quote(address.path)}: it does not run now, or this user may not look there`,
    ];
  });
}

function kindAt(path: string, files: Surroundings['files']): string | undefined {
  try {
    return files.facts(files.resolve(path))?.kind;
  } catch {
    return undefined;
  }
}

/** Reports whether a program could be started. A name without a slash is searched in PATH, as execvp(3) does. */
function isExecutable(program: string, { files, environment, workingFolder }: Surroundings): boolean {
  const folders = program.includes('/') ? [''] : (environment['PATH'] ?? '').split(':');
  return folders.some((folder) => {
    try {
      const facts = files.facts(files.resolve(resolve(workingFolder, folder, program)));
      return facts?.kind === 'file' && (facts.mode & 0o111) !== 0;
    } catch {
      return false;
    }
  });
}

export type Step = 'test' | 'reload';

/** The result of a command that did not succeed. */
export type Failure = Exclude<CommandResult, { kind: 'succeeded' }>;

export function messageFor(step: Step, argv: Argv, failure: Failure, timeout: Duration): string {
  const end = endOf(failure, timeout);
  return step === 'test'
    ? `not reloaded, because its test failed: ${shownCommand(argv)} ${end}`
    : `reload failed: ${shownCommand(argv)} ${end}`;
}

function endOf(failure: Failure, timeout: Duration): string {
  switch (failure.kind) {
    case 'failed':
      return `ended with status ${failure.status}`;
    case 'killed':
      return `was ended by ${failure.signal}`;
    case 'timed-out':
      return `was stopped after ${formatDuration(timeout)}`;
    case 'not-started':
      return `could not be started (${failure.code})`;
  }
}

export function hintFor(step: Step, [program]: Argv, failure: Failure): string {
  switch (failure.kind) {
    case 'not-started':
      return startHint(failure.code, program);
    case 'timed-out':
      return 'find out what it waits for, or raise reload_timeout; the next run tries again';
    case 'failed':
    case 'killed':
      return step === 'test'
        ? 'put right what it complains about; the next run tries again'
        : 'run it by hand to see why, and mind the user that runs ocspbot; the next run tries again';
  }
}

function startHint(code: string, program: string): string {
  if (code === 'ENOENT') {
    return program.includes('/')
      ? 'there is no such program, or not the interpreter in its first line'
      : 'it is not in PATH, which is short for cron and systemd: write the whole path of the program';
  }
  if (code === 'EACCES') return 'make the program executable for the user that runs ocspbot';
  return 'run it by hand to see why; the next run tries again';
}

/** The name of a staple that HAProxy reads: CERTIFICATE.ocsp beside each certificate. */
const HAPROXY_FILE = /\.ocsp$/;

/** Warns of a good response that the server would not serve. */
export function servingWarnings(
  { singleResponses }: Pick<VerifiedResponse, 'singleResponses'>,
  { ocsp, shared, services: names }: Pick<Entry, 'ocsp' | 'services' | 'shared'>,
  services: readonly Pick<Service, 'name' | 'runtimeSockets'>[],
): string[] {
  const isPushed = services.some(
    ({ name, runtimeSockets }) => names.includes(name) && runtimeSockets.length > 0,
  );
  // A file that certificates share is meant to have several, and HAProxy reads none that is shared.
  const isRead = isPushed || (shared === undefined && HAPROXY_FILE.test(ocsp));
  if (singleResponses === 1 || !isRead) return [];
  const advice =
    shared === undefined
      ? 'ask the CA for a responder that answers about one certificate at a time'
      : 'give each of the certificates that share the file one of its own';
  return [
    `the response has ${singleResponses} SingleResponses: HAProxy ignores such a one, and Envoy refuses it; ${advice}`,
  ];
}
