import type { Configuration } from '../../configuration/model.js';
import { readConfiguration } from '../../configuration/read.js';
import { attention } from '../../report/text.js';
import { refreshAll } from '../../run/refresh.js';
import type { Clock, RefreshOptions, Work } from '../../run/types.js';
import { refreshWork } from '../../run/work.js';
import type { Stop, System } from '../../system/system.js';
import { chance } from '../../util/bytes.js';
import { formatDuration, type Instant } from '../../util/time.js';
import type { RefreshCommand } from '../command.js';
import { type Console, openConsole, type Sinks } from '../console.js';
import { listenTo } from '../listener.js';
import { openLogs } from '../logs.js';
import { momentOf } from '../options.js';
import { readNow } from '../verify-arguments.js';

export async function refreshCommand(command: RefreshCommand, system: System, sinks: Sinks): Promise<number> {
  await splay(command, system, sinks);
  return await perform(command, system, sinks, (configuration, now, stop) =>
    Promise.resolve(refreshWork(configuration, command.options, now, system, stop)),
  );
}

/** Before the clock is read, or anything else: a signal ends it, and nothing has been touched. */
async function splay({ splay, output }: RefreshCommand, system: System, sinks: Sinks): Promise<void> {
  if (splay === 0) return;
  const wait = Math.round(splay * chance(system));
  if (output.detail === 'verbose') {
    openConsole(sinks, output).say({
      severity: 'info',
      text: `note: waiting ${formatDuration(wait)} (--splay)`,
    });
  }
  await system.sleep(wait);
}

type Asked = Pick<RefreshCommand, 'file' | 'options' | 'now' | 'output'>;

type PrepareWork = (configuration: Configuration, now: Instant, stop: Stop) => Promise<Work>;

/** A run, told to people or programs; the result is its exit status. */
export async function perform(
  command: Asked,
  system: System,
  sinks: Sinks,
  prepareWork: PrepareWork,
): Promise<number> {
  const moment = momentOf(readNow(command.now), system);
  const configuration = readConfiguration(command.file, system);
  const stop = system.openStop(configuration.runTimeout);
  try {
    const work = await prepareWork(configuration, moment.now, stop);
    return await carryOut(work, configuration, command, moment, system, sinks);
  } finally {
    stop.close();
  }
}

async function carryOut(
  work: Work,
  configuration: Configuration,
  command: Asked,
  moment: Clock,
  system: System,
  sinks: Sinks,
): Promise<number> {
  const open = (): Console => {
    // A dry run writes nothing, and whoever starts one wants to see it.
    const logs = command.options.dryRun ? {} : openLogs(configuration, moment.now, system, sinks.stderr);
    const console = openConsole({ ...sinks, ...logs }, command.output, command.output.detail !== 'quiet');
    tellRemarks(configuration, work, console);
    if (isReloadInVain(configuration, command.options))
      console.say(attention('warning', IN_VAIN, IN_VAIN_HINT));
    return console;
  };
  const { options } = command;
  const listener = listenTo(open, options.strict, system);
  const report = await refreshAll({ work, configuration, options, system, ...moment }, listener);
  return report.status;
}

const IN_VAIN = 'reloads are turned on, but no service has a "reload"';
const IN_VAIN_HINT = 'add it to the services: reload: [systemctl, reload, nginx]';

function isReloadInVain({ services, runReloads }: Configuration, { reload }: RefreshOptions): boolean {
  const isLeft = services.every((one) => one.reload.length === 0 && one.runtimeSockets.length === 0);
  return (reload || runReloads) && isLeft;
}

function tellRemarks({ warnings, notes }: Configuration, work: Work, console: Console): void {
  for (const text of warnings) console.say(attention('warning', text));
  if (console.detail !== 'verbose') return;
  for (const text of [...notes, ...work.notes]) console.say({ severity: 'info', text: `note: ${text}` });
}
