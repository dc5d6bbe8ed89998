import { chownSync, symlinkSync } from 'node:fs';
import { YAML_PORT, type ExampleServer } from './example-server.js';

const HAPROXY_DEFAULTS = `
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s

`;

function haproxy(name: string, example: string, more: Partial<ExampleServer> = {}): ExampleServer {
  return {
    name,
    program: 'haproxy',
    debianPackage: 'haproxy',
    yaml: `${example}.yaml`,
    files: { [`${example}.cfg`]: '/etc/haproxy/haproxy.cfg' },
    ports: ([port]) => [
      [YAML_PORT, `127.0.0.1:${port}'`],
      ['bind :443', `bind 127.0.0.1:${port}`],
    ],
    machine: () => ({ '/etc/haproxy/defaults.cfg': HAPROXY_DEFAULTS }),
    command: ({ at }) => [
      ...['-W', '-db', '-f', at('/etc/haproxy/defaults.cfg')],
      ...['-f', at('/etc/haproxy/haproxy.cfg')],
    ],
    reload: 'kill -USR2 $PID',
    ...more,
  };
}

/** Nobody, with a group of its own. */
const STRANGER = { user: 65534, group: 65534 } as const;

const UNPRIVILEGED = haproxy('HAProxy and an unprivileged ocspbot', 'haproxy-unprivileged', {
  needsRoot: true,
  runAs: [
    ...['setpriv', '--reuid', `${STRANGER.user}`, '--regid', `${STRANGER.group}`],
    ...['--clear-groups', '--no-new-privs'],
  ],
  firstStatus: 34,
  key: '/etc/haproxy/certs/example.com.pem.key',
  ports: ([port]) => [
    [YAML_PORT, `127.0.0.1:${port}'`],
    ['bind :443', `bind 127.0.0.1:${port}`],
    ['group ocspbot', `gid ${STRANGER.group}`],
  ],
  machine: () => ({
    '/etc/haproxy/defaults.cfg': `global\n  user haproxy\n  group haproxy\n${HAPROXY_DEFAULTS}`,
  }),
  prepare: ({ at, stapleFile }) => {
    chownSync(at('/var/lib/ocsp'), STRANGER.user, STRANGER.group);
    symlinkSync(stapleFile, at('/etc/haproxy/certs/example.com.pem.ocsp'));
  },
});

export const HAPROXY: readonly ExampleServer[] = [
  haproxy('HAProxy', 'haproxy'),
  haproxy('HAProxy with its runtime socket', 'haproxy-socket', { firstStatus: 34 }),
  UNPRIVILEGED,
];
