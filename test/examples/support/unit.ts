import { constants } from 'node:os';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from '../../support/run.js';
import { EXAMPLES, exampleScript, type Machine } from './machine.js';

/** The result of a run of ocspbot.service, as systemd reports it. */
export interface UnitRun {
  readonly result: 'success' | 'failed';
  /** The result of the main process. */
  readonly main: string;
  readonly run: Run;
  /** ExecStopPost. */
  readonly after: Run;
}

/**
 * Runs the commands of ocspbot.service as systemd.service(5) says: ExecStopPost= is run however ExecStart= has ended, and
 * learns how by $EXIT_CODE and $EXIT_STATUS; the unit has failed where either has not ended with 0 or a status of
 * SuccessExitStatus=.
 */
export async function runUnit(machine: Machine): Promise<UnitRun> {
  const unit = readFileSync(join(EXAMPLES, 'systemd/ocspbot.service'), 'utf8');
  const success = new Set([0, ...valueOf('SuccessExitStatus', unit).split(' ').map(Number)]);
  const here = (command: string) => command.replaceAll('/etc/ocspbot.yaml', machine.configuration);
  const start = here(valueOf('ExecStart', unit)).replace(/^\S+/, join(machine.bin, 'ocspbot'));
  const stopPost = here(valueOf('ExecStopPost', unit)).replace(/^\+\S+/, exampleScript('systemd/reload'));
  const run = await machine.shell(`exec ${start}`);
  const after = await machine.shell(stopPost, howItEnded(run));
  const isWell = [run, after].every(({ status }) => status !== undefined && success.has(status));
  return {
    result: isWell ? 'success' : 'failed',
    main: run.signal ?? String(run.status),
    run,
    after,
  };
}

export function valueOf(name: string, unit: string): string {
  const [, value] = new RegExp(`^${name}=(.*)$`, 'm').exec(unit) ?? [];
  if (value === undefined) throw new Error(`the unit has no ${name}`);
  return value;
}

function howItEnded({ status, signal }: Run): Record<string, string> {
  if (signal === undefined) return { EXIT_CODE: 'exited', EXIT_STATUS: String(status) };
  const isDump = ['SIGABRT', 'SIGSEGV'].includes(signal);
  if (!(signal in constants.signals)) throw new Error(`no signal ${signal}`);
  return { EXIT_CODE: isDump ? 'dumped' : 'killed', EXIT_STATUS: signal.slice(3) };
}
