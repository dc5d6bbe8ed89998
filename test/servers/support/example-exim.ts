import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import type { ExampleServer } from './example-server.js';

const EXIM_USER = 'Debian-exim';

export const EXIM: ExampleServer = {
  name: 'Exim',
  program: 'exim4',
  debianPackage: 'exim4-daemon-light',
  needsRoot: true,
  yaml: 'exim.yaml',
  files: { 'exim.conf': '/etc/exim4/conf.d/main/00_local' },
  key: '/etc/ssl/private/mail.example.com.key',
  ports: ([, smtp]) => [["127.0.0.1:25'", `127.0.0.1:${smtp}'`]],
  // Besides SMTP it speaks TLS from the start, on the port that the tests look at.
  machine: ({ at, ports: [port, smtp] }) => ({
    '/etc/exim4/exim4.conf': `
.include ${at('/etc/exim4/conf.d/main/00_local')}
primary_hostname = mail.example.com
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${smtp} : ${port}
tls_on_connect_ports = ${port}
spool_directory = ${at('/var/spool')}
log_file_path = ${at('/var/spool')}/%slog
pid_file_path = ${at('/run/exim.pid')}
keep_environment =
notifier_socket =
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
  reload: 'kill -HUP $PID',
};
