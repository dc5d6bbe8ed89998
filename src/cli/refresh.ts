import { readConfiguration } from '../configuration/read.js';
import type { Configuration } from '../configuration/model.js';
import { chance } from '../chance.js';
import { refresh, type Listener } from '../refresh/refresh.js';
import type { RefreshOptions } from '../refresh/run-context.js';
import { refreshWork, type Work } from '../refresh/work.js';
import { reportToJson } from '../report/json.js';
import {
  attention,
  nameWidth,
  outcomeLines,
  reloadLine,
  summaryLines,
  verboseLines,
} from '../report/text.js';
import type { System } from '../system/system.js';
import { formatDuration } from '../time/duration.js';
import type { Instant } from '../time/instant.js';
import type { RefreshCommand } from './command.js';
import { openConsole, toJsonText, type Console, type Sinks } from './console.js';
import { openLogs } from './logs.js';
import { momentOf } from './moment.js';
import { readNow } from './verify-arguments.js';

export async function refreshCommand(command: RefreshCommand, system: System, sinks: Sinks): Promise<number> {
  await splay(command, system, sinks);
  return await perform(command, system, sinks, (configuration, now) =>
    Promise.resolve(refreshWork(configuration, command.options, now, system)),
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

/** A run, told to people or programs; the result is its exit status. */
export async function perform(
  command: Asked,
  system: System,
  sinks: Sinks,
  prepareWork: (configuration: Configuration, now: Instant) => Promise<Work>,
): Promise<number> {
  const moment = momentOf(readNow(command.now), system);
  const { now } = moment;
  const configuration = readConfiguration(command.file, system);
  const work = await prepareWork(configuration, now);
  let status = 0;
  const open = (): Console => {
    // A dry run writes nothing, and whoever starts one wants to see it.
    const logs = command.options.dryRun ? {} : openLogs(configuration, now, system);
    const console = openConsole({ ...sinks, ...logs }, command.output);
    tellRemarks(configuration, work, console);
    if (isReloadInVain(configuration, command.options))
      console.say(attention('warning', IN_VAIN, IN_VAIN_HINT));
    return console;
  };
  const told = listener(open, command.options.strict, (final) => {
    status = final;
  });
  const { options } = command;
  await refresh(work, configuration, options, moment, system, told);
  return status;
}

const IN_VAIN = 'reloads are turned on, but no service has a "reload"';
const IN_VAIN_HINT = 'add it to the services: reload: [systemctl, reload, nginx]';

function isReloadInVain({ services, runReloads }: Configuration, { reload }: RefreshOptions): boolean {
  return (reload || runReloads) && services.every(({ reload }) => reload.length === 0);
}

function tellRemarks({ warnings, notes }: Configuration, work: Work, console: Console): void {
  for (const text of warnings) console.say(attention('warning', text));
  if (console.detail !== 'verbose') return;
  for (const text of [...notes, ...work.notes]) console.say({ severity: 'info', text: `note: ${text}` });
}

/** The console, and with it the log files, is opened when the run begins: one that is refused leaves them alone. */
function listener(open: () => Console, strict: boolean, finish: (status: number) => void): Listener {
  let console: Console;
  let width = 0;
  return {
    begin: (names) => {
      console = open();
      width = nameWidth(names);
    },
    done: (outcome) => {
      for (const line of outcomeLines(outcome, width, strict)) console.say(line);
      if (console.detail === 'verbose') for (const line of verboseLines(outcome)) console.say(line);
    },
    reloaded: (reload) => console.say(reloadLine(reload)),
    deliver: (report) => {
      for (const line of summaryLines(report)) console.say(line);
      if (console.format === 'json') console.print(toJsonText(reportToJson(report)));
      finish(report.status);
      return Promise.resolve();
    },
    warn: (text, hint) => console.say(attention('warning', text, hint)),
  };
}
