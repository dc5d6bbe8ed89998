import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, symlinkSync } from 'node:fs';
import { nginxConfiguration } from './nginx.js';
import type { ExampleServer } from './example.js';

const YAML_PORT = "127.0.0.1:443'";

const isRoot = process.geteuid?.() === 0;

const KEY = '/etc/ssl/private/example.com.key';
const HUP = 'kill -HUP $PID';

const NGINX: ExampleServer = {
  name: 'nginx',
  program: 'nginx',
  debianPackage: 'nginx-light',
  yaml: 'nginx.yaml',
  files: { 'nginx.conf': '/etc/nginx/sites-enabled/example.com' },
  key: KEY,
  ports: (port) => [
    [YAML_PORT, `127.0.0.1:${port}'`],
    ['listen 443', `listen 127.0.0.1:${port}`],
  ],
  machine: ({ program, sandbox, at }) => ({
    '/etc/nginx/nginx.conf': nginxConfiguration(sandbox, `include ${at('/etc/nginx/sites-enabled')}/*;`),
    '/bin/nginx': `#!/bin/sh\nexec ${program} -p ${sandbox.folder} -e stderr -c ${at('/etc/nginx/nginx.conf')} "$@"\n`,
  }),
  command: ({ sandbox, at }) => ['-p', sandbox.folder, '-e', 'stderr', '-c', at('/etc/nginx/nginx.conf')],
  reload: HUP,
};

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
    ports: (port) => [
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
  ports: (port) => [
    [YAML_PORT, `127.0.0.1:${port}'`],
    ['bind :443', `bind 127.0.0.1:${port}`],
    ['group ocspbot', `gid ${STRANGER.group}`],
  ],
  machine: () => ({ '/etc/haproxy/defaults.cfg': `global\n  user haproxy\n  group haproxy\n${HAPROXY_DEFAULTS}` }),
  prepare: ({ sandbox, at, stapleFile }) => {
    chmodSync(sandbox.folder, 0o755);
    chownSync(at('/var/lib/ocsp'), STRANGER.user, STRANGER.group);
    symlinkSync(stapleFile, at('/etc/haproxy/certs/example.com.pem.ocsp'));
  },
});

const LIGHTTPD: ExampleServer = {
  name: 'lighttpd',
  program: 'lighttpd',
  debianPackage: 'lighttpd lighttpd-mod-openssl',
  yaml: 'lighttpd.yaml',
  files: { 'lighttpd.conf': '/etc/lighttpd/conf-enabled/10-ssl.conf' },
  key: KEY,
  ports: (port) => [
    [YAML_PORT, `127.0.0.1:${port}'`],
    ['":443"', `"127.0.0.1:${port}"`],
  ],
  machine: ({ sandbox, port, at }) => ({
    '/etc/lighttpd/lighttpd.conf': `
server.document-root = "${sandbox.folder}"
server.bind = "127.0.0.2"
server.port = ${port}
${isRoot ? 'server.username = "www-data"\nserver.groupname = "www-data"' : ''}
include "${at('/etc/lighttpd/conf-enabled')}/*.conf"
`,
  }),
  // It gives up root's rights, and reads the key once more at a reload.
  prepare: ({ sandbox, at }) => {
    if (!isRoot) return;
    chmodSync(sandbox.folder, 0o755);
    execFileSync('chgrp', ['www-data', at(KEY)]);
    chmodSync(at(KEY), 0o640);
  },
  command: ({ at }) => ['-D', '-f', at('/etc/lighttpd/lighttpd.conf')],
  reload: 'kill -USR1 $PID',
};

const EXIM_USER = 'Debian-exim';

const EXIM: ExampleServer = {
  name: 'Exim',
  program: 'exim4',
  debianPackage: 'exim4-daemon-light',
  needsRoot: true,
  yaml: 'exim.yaml',
  files: { 'exim.conf': '/etc/exim4/conf.d/main/00_local' },
  key: '/etc/ssl/private/mail.example.com.key',
  ports: (_port, second) => [["127.0.0.1:25'", `127.0.0.1:${second}'`]],
  // Besides SMTP it speaks TLS from the start, on the port that the tests look at.
  machine: ({ at, port, second }) => ({
    '/etc/exim4/exim4.conf': `
.include ${at('/etc/exim4/conf.d/main/00_local')}
primary_hostname = mail.example.com
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${second} : ${port}
tls_on_connect_ports = ${port}
spool_directory = ${at('/var/spool')}
log_file_path = ${at('/var/spool')}/%slog
pid_file_path = ${at('/run/exim.pid')}
keep_environment =
`,
    '/var/spool/.keep': '',
  }),
  prepare: ({ sandbox, at }) => {
    chmodSync(sandbox.folder, 0o755);
    chmodSync(at('/etc/exim4/exim4.conf'), 0o644);
    chmodSync(at('/etc/exim4/conf.d/main/00_local'), 0o644);
    execFileSync('chown', [EXIM_USER, at('/var/spool'), at('/etc/ssl/private/mail.example.com.key')]);
  },
  command: ({ at }) => ['-C', at('/etc/exim4/exim4.conf'), '-bdf'],
  reload: HUP,
};

const HITCH: ExampleServer = {
  name: 'hitch',
  program: 'hitch',
  debianPackage: 'hitch',
  yaml: 'hitch.yaml',
  files: { 'hitch.conf': '/etc/hitch/hitch.conf' },
  key: KEY,
  ports: (port) => [
    [YAML_PORT, `127.0.0.1:${port}'`],
    ['[*]:443', `[127.0.0.1]:${port}`],
  ],
  command: ({ at }) => ['--user', '_hitch', '--group', '_hitch', '--config', at('/etc/hitch/hitch.conf')],
  reload: HUP,
};

const NGHTTPX: ExampleServer = {
  name: 'nghttpx',
  program: 'nghttpx',
  debianPackage: 'nghttp2-proxy',
  yaml: 'nghttpx.yaml',
  files: {
    'nghttpx.conf': '/etc/nghttpx/nghttpx.conf',
    'nghttpx-staple': '/usr/local/lib/ocspbot/nghttpx-staple',
  },
  key: KEY,
  ports: (port) => [
    [YAML_PORT, `127.0.0.1:${port}'`],
    ['*,443', `127.0.0.1,${port}`],
  ],
  command: ({ at, rootFile }) => [`--conf=${at('/etc/nghttpx/nghttpx.conf')}`, `--cacert=${rootFile}`],
  reload: HUP,
};

const DNSDIST: ExampleServer = {
  name: 'dnsdist',
  program: 'dnsdist',
  debianPackage: 'dnsdist',
  yaml: 'dnsdist.yaml',
  files: { 'dnsdist.conf': '/etc/dnsdist/dnsdist.conf' },
  key: '/etc/ssl/private/dns.example.com.key',
  ports: (port, second) => [
    ["127.0.0.1:853'", `127.0.0.1:${port}'`],
    [YAML_PORT, `127.0.0.1:${port + 1}'`],
    ['0.0.0.0:853', `127.0.0.1:${port}`],
    ['0.0.0.0:443', `127.0.0.1:${port + 1}`],
    ['127.0.0.1:5199', `127.0.0.1:${second}`],
  ],
  machine: ({ program, at }) => ({
    '/bin/dnsdist': `#!/bin/sh\nexec ${program} -C ${at('/etc/dnsdist/dnsdist.conf')} "$@"\n`,
  }),
  command: ({ at, port }) => ['--supervised', '-C', at('/etc/dnsdist/dnsdist.conf'), '-l', `127.0.0.1:${port + 2}`],
};

export const EXAMPLE_SERVERS: readonly ExampleServer[] = [
  NGINX,
  haproxy('HAProxy', 'haproxy'),
  haproxy('HAProxy with its runtime socket', 'haproxy-socket', { firstStatus: 34 }),
  UNPRIVILEGED,
  LIGHTTPD,
  EXIM,
  HITCH,
  NGHTTPX,
  DNSDIST,
];
