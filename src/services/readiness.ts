import { resolve } from 'node:path';
import type { Argv, NotifySettings, Service } from '../configuration/model.js';
import type { Files, System } from '../system/system.js';
import { quote } from '../util/text.js';
import { wordsAdvice } from './failed-commands.js';

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

/** Warns of each program of `notify` that could not be started now. */
export function notifyWarnings(
  notify: Pick<NotifySettings, 'commands'> | undefined,
  system: Surroundings,
): string[] {
  const problems = programProblems(notify?.commands ?? [], system);
  return problems.map((problem) => `a command of notify could not be started: ${problem}`);
}

function programWarnings({ name, test, reload }: Service, system: Surroundings): string[] {
  const problems = programProblems([...test, ...reload], system);
  return problems.map((problem) => `the service ${quote(name)} could not be reloaded: ${problem}`);
}

/** Names each program of commands that could not be started now, and why. */
function programProblems(commands: readonly Argv[], system: Surroundings): string[] {
  const programs = new Set(commands.map(([program]) => program));
  const missing = [...programs].filter((program) => !isExecutable(program, system));
  return missing.map((program) => {
    const place = program.includes('/') ? 'does not exist, or is not executable' : 'is not in PATH';
    return `${quote(program)} ${place}${wordsAdvice(program)}`;
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
