import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { EXIM } from './example-exim.js';
import { HAPROXY } from './example-haproxy.js';
import { KEY, YAML_PORT, type ExampleServer } from './example-server.js';
import { nginxConfiguration } from './nginx.js';

const isRoot = process.geteuid?.() === 0;

const HUP = 'kill -HUP $PID';

const NGINX: ExampleServer = {
  name: 'nginx',
  program: 'nginx',
  debianPackage: 'nginx-light',
  yaml: 'nginx.yaml',
  files: { 'nginx.conf': '/etc/nginx/sites-enabled/example.com' },
  key: KEY,
  ports: ([port]) => [
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

const LIGHTTPD: ExampleServer = {
  name: 'lighttpd',
  program: 'lighttpd',
  debianPackage: 'lighttpd lighttpd-mod-openssl',
  yaml: 'lighttpd.yaml',
  files: { 'lighttpd.conf': '/etc/lighttpd/conf-enabled/10-ssl.conf' },
  key: KEY,
  ports: ([port]) => [
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
    execFileSync('chown', ['root:www-data', at(KEY)]);
    chmodSync(at(KEY), 0o640);
  },
  command: ({ at }) => ['-D', '-f', at('/etc/lighttpd/lighttpd.conf')],
  reload: 'kill -USR1 $PID',
};

const HITCH: ExampleServer = {
  name: 'hitch',
  program: 'hitch',
  debianPackage: 'hitch',
  yaml: 'hitch.yaml',
  files: { 'hitch.conf': '/etc/hitch/hitch.conf' },
  key: KEY,
  ports: ([port]) => [
    [YAML_PORT, `127.0.0.1:${port}'`],
    ['[*]:443', `[127.0.0.1]:${port}`],
  ],
  command: ({ at }) => [
    ...(isRoot ? ['--user', '_hitch', '--group', '_hitch'] : []),
    ...['--config', at('/etc/hitch/hitch.conf')],
  ],
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
  ports: ([port]) => [
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
  ports: ([port, doh, , control]) => [
    ["127.0.0.1:853'", `127.0.0.1:${port}'`],
    [YAML_PORT, `127.0.0.1:${doh}'`],
    ['0.0.0.0:853', `127.0.0.1:${port}`],
    ['0.0.0.0:443', `127.0.0.1:${doh}`],
    ['127.0.0.1:5199', `127.0.0.1:${control}`],
  ],
  machine: ({ program, at }) => ({
    '/bin/dnsdist': `#!/bin/sh\nexec ${program} -C ${at('/etc/dnsdist/dnsdist.conf')} "$@"\n`,
  }),
  command: ({ at, ports: [, , dns] }) => [
    ...['--supervised', '-C', at('/etc/dnsdist/dnsdist.conf')],
    ...['-l', `127.0.0.1:${dns}`],
  ],
};

export const EXAMPLE_SERVERS: readonly ExampleServer[] = [
  NGINX,
  ...HAPROXY,
  LIGHTTPD,
  EXIM,
  HITCH,
  NGHTTPX,
  DNSDIST,
];
