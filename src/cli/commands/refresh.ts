import type { Configuration } from '../../configuration/model.js';
import { readConfiguration } from '../../configuration/read.js';
import { EXIT, isOfFinishedRun } from '../../report/exit-status.js';
import { attention, firstLines } from '../../report/text.js';
import { refreshAll } from '../../run/refresh.js';
import type { Clock, Listener, RefreshOptions, Work } from '../../run/types.js';
import { refreshWork } from '../../run/work.js';
import type { Stop, System } from '../../system/system.js';
import { randomFraction } from '../../util/bytes.js';
import { formatDuration } from '../../util/time.js';
import type { RefreshCommand } from '../command.js';
import { openAnnouncement } from '../announce.js';
import { type Console, lineFor, openConsole } from '../console.js';
import type { Sink, Sinks } from '../sinks.js';
import { reportOnConsole } from '../listener.js';
import { logPathsAt, openLogs } from '../logs.js';
import { readClock } from '../clock.js';

export async function refreshCommand(command: RefreshCommand, system: System, sinks: Sinks): Promise<number> {
  await splay(command, system, sinks);
  const { options } = command;
  const status = await perform(command, system, sinks, async (configuration, { now }, stop) => {
    const input = { configuration, options, now, system, stop };
    if (configuration.kubernetes === undefined) return refreshWork(input);
    return await (await import('../secrets.js')).workWithSecrets(input, configuration.kubernetes);
  });
  return command.exit === 'simple' && isOfFinishedRun(status) ? status & EXIT.attention : status;
}

/** Waits for a random time, before the clock is read and before anything is touched. A signal ends it. */
async function splay({ splay, output }: RefreshCommand, system: System, sinks: Sinks): Promise<void> {
  if (splay === 0) return;
  const wait = Math.round(splay * randomFraction(system));
  if (output.detail === 'verbose') {
    openConsole(sinks, output).say({
      severity: 'info',
      text: `note: waiting ${formatDuration(wait)} (--splay)`,
    });
  }
  await system.sleep(wait);
}

type RunCommand = Pick<RefreshCommand, 'file' | 'options' | 'now' | 'output'>;

/** The work of a run. It may come with certificates that were found beside the configuration, and with a later time. */
type PreparedWork = Work & { readonly configuration?: Configuration; readonly moment?: Clock };

type PrepareWork = (configuration: Configuration, moment: Clock, stop: Stop) => Promise<PreparedWork>;

/** Performs a run, reports it, and returns its exit status. */
export async function perform(
  command: RunCommand,
  system: System,
  sinks: Sinks,
  prepareWork: PrepareWork,
): Promise<number> {
  const moment = await readClock(command.now, system);
  const configuration = readConfiguration(command.file, system);
  const stop = system.openStop(configuration.runTimeout);
  try {
    const work = await prepareWork(configuration, moment, stop);
    return await runAndReport({ stop, configuration, moment, ...work, work, command }, system, sinks);
  } finally {
    stop.close();
  }
}

interface PreparedRun {
  readonly work: Work;
  readonly stop: Stop;
  readonly configuration: Configuration;
  readonly command: RunCommand;
  readonly moment: Clock;
}

async function runAndReport(
  { work, stop, configuration, command, moment }: PreparedRun,
  system: System,
  sinks: Sinks,
): Promise<number> {
  // A dry run writes no logs: its output goes to the terminal.
  const logPaths = command.options.dryRun ? {} : await logPathsAt(moment.now, configuration);
  const open = (): Console => {
    const logs = openLogs(logPaths, system, asErrors(sinks));
    const console = openConsole({ ...sinks, ...logs }, command.output, command.output.detail !== 'quiet');
    showRemarks(configuration, work, console);
    if (hasNothingToReload(configuration, command.options))
      console.say(attention('warning', NOTHING_TO_RELOAD, NOTHING_TO_RELOAD_HINT));
    return console;
  };
  const { options } = command;
  const reporting = reportOnConsole(open, options.strict, system);
  const announced = { configuration, options, moment, stop, work };
  const announcement = await openAnnouncement(announced, system, reporting.warn);
  try {
    const order = { work, stop, configuration, options, system, ...moment };
    const begin: Listener['begin'] = (names) => {
      announcement.begin();
      reporting.begin(names);
    };
    const report = await refreshAll(order, { ...reporting, ...announcement.listener, begin });
    return report.status;
  } catch (error) {
    await announcement.fail(error);
    throw error;
  }
}

/** The errors that a log file does not take, in the form of standard error. */
function asErrors({ stderr, format }: Sinks): Sink {
  return {
    write: (text) => stderr.write(lineFor(stderr, { severity: 'error', text: text.trimEnd() }, format)),
  };
}

const NOTHING_TO_RELOAD = 'reloads are turned on, but no service has a "reload"';
const NOTHING_TO_RELOAD_HINT = 'add it to the services: reload: [systemctl, reload, nginx]';

function hasNothingToReload({ services, runReloads }: Configuration, { reload }: RefreshOptions): boolean {
  const isWithoutReloads = services.every(
    (one) => one.reload.length === 0 && one.runtimeSockets.length === 0,
  );
  return (reload || runReloads) && isWithoutReloads;
}

function showRemarks({ warnings, notes, file }: Configuration, work: Work, console: Console): void {
  for (const line of firstLines('warning', warnings, file)) console.say(line);
  if (console.detail !== 'verbose') return;
  for (const text of [...notes, ...work.notes]) console.say({ severity: 'info', text: `note: ${text}` });
}
