import { execa } from 'execa';
import { mkdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Sandbox } from '../support/sandbox.js';

const EXAMPLE = join(import.meta.dirname, '../../examples/monitoring/icinga2.conf');

/** The result that Icinga has taken from a plugin. */
export interface IcingaResult {
  readonly state: string;
  readonly performance: string;
  readonly output: string;
}

/** Lets a real Icinga 2 run the command of the examples for hosts with these variables, until it has all results. */
export async function checkByIcinga(
  icinga: string,
  hosts: Readonly<Record<string, Readonly<Record<string, string>>>>,
  sandbox: Sandbox,
): Promise<Record<string, IcingaResult>> {
  const path = (name: string) => sandbox.path(`icinga/${name}`);
  for (const folder of ['run/icinga2', 'data', 'cache', 'spool', 'log', 'results'])
    mkdirSync(path(folder), { recursive: true });
  const example = readFileSync(EXAMPLE, 'utf8').replace('check_interval = 15m', 'check_interval = 1s');
  sandbox.write('icinga/example.conf', example);
  sandbox.write('icinga/icinga2.conf', [SETTINGS, ...Object.entries(hosts).map(hostText)].join('\n'));
  const { username } = userInfo();
  const constants = [
    ...[`RunAsUser=${username}`, `RunAsGroup=${username}`],
    ...['DataDir=data', 'CacheDir=cache', 'SpoolDir=spool', 'LogDir=log', 'InitRunDir=run'].map((line) =>
      line.replace('=', `=${path('')}`),
    ),
  ];
  const options = constants.flatMap((constant) => ['--define', constant]);
  const daemon = execa(icinga, ['daemon', '--config', path('icinga2.conf'), ...options], {
    cwd: path(''),
    env: { PATH: `${sandbox.path('bin')}:${process.env['PATH']}` },
    reject: false,
    all: true,
  });
  let hasEnded = false;
  void daemon.finally(() => (hasEnded = true));
  try {
    for (;;) {
      const files = sandbox.list('icinga/results').filter((name) => name.startsWith('service'));
      const results = resultsIn(files.map((name) => sandbox.text(`icinga/results/${name}`)).join(''));
      if (Object.keys(hosts).every((host) => results[host] !== undefined)) return results;
      if (hasEnded) throw new Error(`Icinga has ended: ${(await daemon).all}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    daemon.kill('SIGTERM');
    await daemon;
  }
}

const SETTINGS = `
include <itl>
include "example.conf"
library "checker"
library "perfdata"
object CheckerComponent "checker" {}
object PerfdataWriter "results" {
  service_perfdata_path = "results/service"
  host_perfdata_path = "results/host"
  service_temp_path = "temporary-service"
  host_temp_path = "temporary-host"
  rotation_interval = 1s
  service_format_template = "$host.name$\\t$service.state$\\t$service.perfdata$\\t$service.output$\\f"
}
`;

function hostText([name, variables]: [string, Readonly<Record<string, string>>]): string {
  const lines = Object.entries(variables).map(([key, value]) => `  vars.${key} = ${JSON.stringify(value)}\n`);
  return `object Host "${name}" {\n  check_command = "dummy"\n  vars.ocspbot = true\n${lines.join('')}}\n`;
}

function resultsIn(text: string): Record<string, IcingaResult> {
  const records = text.split('\f').slice(0, -1);
  return Object.fromEntries(
    records.map((record) => {
      const [host = '', state = '', performance = '', output = ''] = record.trimStart().split('\t');
      return [host, { state, performance, output }];
    }),
  );
}
