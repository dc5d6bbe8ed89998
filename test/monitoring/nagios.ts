import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import type { Sandbox } from '../support/sandbox.js';

/** The result that Nagios has taken from a plugin. */
export interface ServiceCheck {
  readonly state: string;
  readonly output: string;
  readonly performance: string;
  readonly further: string;
}

/** Lets a real Nagios Core run a plugin, until it has its result. */
export async function checkByNagios(
  nagios: string,
  command: string,
  sandbox: Sandbox,
): Promise<ServiceCheck> {
  const path = (name: string) => sandbox.path(`nagios/${name}`);
  sandbox.write('nagios/objects.cfg', OBJECTS.map(objectText).join('\n').replace('COMMAND', command));
  sandbox.write('nagios/nagios.cfg', settings(path));
  const daemon = spawn(nagios, [path('nagios.cfg')], { stdio: 'ignore' });
  const ended = once(daemon, 'exit');
  try {
    for (;;) {
      const text = existsSync(path('result')) ? readFileSync(path('result'), 'utf8') : '';
      const [state = '', output = '', performance = '', further] = text.trimEnd().split('\t');
      if (further !== undefined) return { state, output, performance, further };
      if (daemon.exitCode !== null) throw new Error(`Nagios has ended: ${readFileSync(path('log'), 'utf8')}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    daemon.kill('SIGKILL');
    await ended;
  }
}

function settings(path: (name: string) => string): string {
  const files = [
    'log_file=log',
    'object_cache_file=objects.cache',
    'status_file=status',
    'temp_file=temporary',
  ];
  const more = [
    'state_retention_file=retention',
    'lock_file=pid',
    'query_socket=socket',
    'command_file=commands',
  ];
  const paths = [...files, ...more, 'cfg_file=objects.cfg', 'service_perfdata_file=result'];
  return [
    ...paths.map((line) => line.replace('=', `=${path('')}`)),
    `temp_path=${path('')}`,
    `check_result_path=${path('')}`,
    'nagios_user=root',
    'nagios_group=root',
    'check_external_commands=0',
    'interval_length=1',
    'process_performance_data=1',
    'service_perfdata_file_mode=w',
    'service_perfdata_file_template=$SERVICESTATE$\\t$SERVICEOUTPUT$\\t$SERVICEPERFDATA$\\t$LONGSERVICEOUTPUT$',
    'service_inter_check_delay_method=n',
    '',
  ].join('\n');
}

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const CHECKED = {
  max_check_attempts: 1,
  check_period: 'always',
  notification_period: 'always',
  contacts: 'nobody',
  notification_interval: 0,
};

const OBJECTS: readonly (readonly [kind: string, fields: object])[] = [
  [
    'timeperiod',
    {
      timeperiod_name: 'always',
      alias: 'always',
      ...Object.fromEntries(DAYS.map((day) => [day, '00:00-24:00'])),
    },
  ],
  ['command', { command_name: 'nothing', command_line: '/bin/true' }],
  ['command', { command_name: 'ocsp', command_line: 'COMMAND' }],
  [
    'contact',
    {
      contact_name: 'nobody',
      service_notification_period: 'always',
      host_notification_period: 'always',
      service_notification_options: 'n',
      host_notification_options: 'n',
      service_notification_commands: 'nothing',
      host_notification_commands: 'nothing',
    },
  ],
  ['host', { host_name: 'here', address: '127.0.0.1', check_command: 'nothing', ...CHECKED }],
  [
    'service',
    {
      host_name: 'here',
      service_description: 'staples',
      check_command: 'ocsp',
      check_interval: 1,
      retry_interval: 1,
      ...CHECKED,
    },
  ],
];

function objectText([kind, fields]: (typeof OBJECTS)[number]): string {
  const lines = Object.entries(fields).map(([name, value]) => `  ${name} ${String(value)}\n`);
  return `define ${kind} {\n${lines.join('')}}\n`;
}
