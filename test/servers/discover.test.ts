import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { keyToPem } from '../support/ca.js';
import { requireProgram, requireRoot } from '../support/require.js';
import { runOcspbot } from '../support/run.js';
import { haproxyConfiguration } from './support/haproxy.js';
import { nginxConfiguration } from './support/nginx.js';
import { freePort } from '../support/port.js';
import { listensOn, startServer } from './support/server.js';
import { makeSite, type Site } from './support/site.js';
import { stapledBy } from './support/client.js';
import { expectStapled } from './support/stapling.js';
import { until } from './support/until.js';

interface Setting {
  readonly site: Site;
  readonly port: number;
  readonly program: string;
  /** The certificate with its chain, and its key. */
  readonly cert: string;
  readonly key: string;
}

interface DiscoveredServer {
  readonly name: string;
  readonly program: string;
  readonly debianPackage: string;
  readonly needsRoot?: true;
  /** The configuration, with the lines that discover says to add. */
  configuration(setting: Setting, lines: string): string;
  command(setting: Setting, file: string): readonly [string, ...string[]];
  /** The program in PATH that shows the configuration; without it, discover is given the file. */
  probe?(setting: Setting, file: string): string;
  readonly signal: NodeJS.Signals;
  /** The words of a server whose former workers have ended after the signal. */
  readonly reloaded?: RegExp;
  readonly starttls?: true;
}

const SERVERS: readonly DiscoveredServer[] = [
  {
    name: 'nginx',
    program: 'nginx',
    debianPackage: 'nginx-light',
    configuration: ({ site, port, cert, key }, lines) =>
      nginxConfiguration(
        site.sandbox,
        `server { listen 127.0.0.1:${port} ssl; server_name ${site.name};
        ssl_certificate ${cert}; ssl_certificate_key ${key};
        ${lines} }`,
      ),
    command: ({ program, site }, file) => [program, '-p', site.sandbox.folder, '-e', 'stderr', '-c', file],
    probe: ({ program, site }, file) => `exec ${program} -p ${site.sandbox.folder} -e stderr -c ${file} "$@"`,
    signal: 'SIGHUP',
    reloaded: /worker process \d+ exited with code 0/,
  },
  {
    name: 'HAProxy',
    program: 'haproxy',
    debianPackage: 'haproxy',
    configuration: ({ port, site }) => haproxyConfiguration(site, port),
    command: ({ program }, file) => [program, '-W', '-db', '-f', file],
    signal: 'SIGUSR2',
    reloaded: /Former worker .* exited/,
  },
  {
    name: 'lighttpd',
    program: 'lighttpd',
    debianPackage: 'lighttpd lighttpd-mod-openssl',
    configuration: ({ site, port, cert, key }, lines) => `
server.document-root = "${site.sandbox.folder}"
server.bind = "127.0.0.2"
server.port = ${port}
server.modules = ("mod_openssl")
var.certs = "${dirname(cert)}"
$SERVER["socket"] == "127.0.0.1:${port}" {
  ssl.engine = "enable"
  ssl.pemfile = var.certs + "/site.crt"
  ssl.privkey = "${key}"
  ${lines}
}
`,
    command: ({ program }, file) => [program, '-D', '-f', file],
    probe: ({ program }, file) => `exec ${program} -p -f ${file}`,
    signal: 'SIGUSR1',
    reloaded: /server started/,
  },
  {
    name: 'Exim',
    program: 'exim4',
    debianPackage: 'exim4-daemon-light',
    needsRoot: true,
    configuration: ({ site, port, cert, key }, lines) => `
primary_hostname = ${site.name}
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${port}
tls_advertise_hosts = *
CERTS = ${dirname(cert)}
tls_certificate = CERTS/site.crt
tls_privatekey = ${key}
${lines}
spool_directory = ${site.sandbox.path('spool')}
log_file_path = ${site.sandbox.path('spool')}/%slog
pid_file_path = ${site.sandbox.path('exim.pid')}
keep_environment =
`,
    command: ({ program }, file) => [program, '-C', file, '-bdf'],
    probe: ({ program }, file) => `exec ${program} -C ${file} "$@"`,
    signal: 'SIGHUP',
    starttls: true,
  },
];

describe.for(SERVERS)('discover and $name', (server) => {
  it('staples after discover, validate, a run, and the lines that discover prints', async (context) => {
    const program = requireProgram(server.program, server.debianPackage, context);
    if (server.needsRoot) requireRoot(context);
    const setting = await prepare(program);
    const { site, port } = setting;
    const { sandbox } = site;
    const write = (lines: string) =>
      sandbox.write('server.conf', server.configuration(setting, lines), 0o644);
    const file = write('');
    const probe = server.probe?.(setting, file);
    if (probe !== undefined) sandbox.write(`bin/${server.program}`, `#!/bin/sh\n${probe}\n`, 0o755);
    const options = { cwd: sandbox.folder, env: { PATH: `${sandbox.path('bin')}:/usr/bin:/bin` } };
    const places = probe === undefined ? [file] : [];
    const found = await runOcspbot(['discover', ...places, '--ocsp-folder', 'ocsp'], options);
    expect(found.stdout, found.stderr).toContain(`  ${site.name}:\n`);
    sandbox.write('ocspbot.yaml', found.stdout);
    const validated = await runOcspbot(['validate', 'ocspbot.yaml'], options);
    expect(validated.status, validated.stderr + found.stdout).toBe(0);
    const run = await runOcspbot(['ocspbot.yaml'], options);
    expect(run.status, run.stdout + run.stderr).toBe(2);

    const started = await startServer(server.command(setting, file), listensOn(port));
    write(linesFor(site.name, found.stdout));
    // While a former worker still accepts connections, clients may get no staple.
    if (server.reloaded !== undefined) await started.signal(server.signal, server.reloaded);
    else process.kill(started.pid, server.signal);
    if (server.starttls === undefined) {
      await until('it staples', async () => (await stapledBy(port, site.name, site.root)).length > 0);
      await expectStapled({ ...site, staple: () => sandbox.read(stapleOf(site, server)) }, port);
    } else await until('it staples', async () => (await live(setting)).includes('  same  '));
    const check = await runOcspbot(['discover', '--check', 'ocspbot.yaml', file], options);
    expect(check.stderr).not.toContain(site.name);
  });
});

it.for(['', 'ssl-load-extra-del-ext', 'ssl-load-extra-files key issuer', 'ssl-load-extra-files key ocsp'])(
  'discover knows the file that HAProxy reads: %s',
  async (setting, context) => {
    const program = requireProgram('haproxy', 'haproxy', context);
    const { sandbox, certificate } = await makeSite();
    const [cert] = ['tls/site.crt', 'tls/site.crt.key', 'tls/site.key'].map((name, index) =>
      sandbox.write(
        name,
        index === 0 ? certificate.pem + (certificate.issuer?.pem ?? '') : keyToPem(certificate.key),
      ),
    );
    const text = `global\n  ${setting}\ndefaults\n  mode http\n  timeout client 1s\n  timeout server 1s
  timeout connect 1s\nfrontend f\n  bind unix@${sandbox.path('socket')} ssl crt ${cert}\n`;
    sandbox.write('haproxy.cfg', text);
    const { stdout } = await runOcspbot(['discover', 'haproxy.cfg', 'tls', '--json'], {
      cwd: sandbox.folder,
    });
    const [use] = (JSON.parse(stdout) as Report).certificates.flatMap(({ uses }) => uses);
    writeFileSync(use?.staple ?? '', 'garbage');
    const { all } = await execa(program, ['-c', '-f', sandbox.path('haproxy.cfg')], {
      all: true,
      reject: false,
    });
    expect(/Unable to parse OCSP response/.test(all), all).toBe(use?.stapling);
  },
);

interface Report {
  readonly certificates: readonly { readonly uses: readonly { staple: string; stapling: boolean }[] }[];
}

async function prepare(program: string): Promise<Setting> {
  const site = await makeSite();
  const { sandbox, certificate } = site;
  chmodSync(sandbox.folder, 0o755);
  for (const folder of ['spool', 'ocsp']) mkdirSync(sandbox.path(folder), { recursive: true });
  const cert = sandbox.write('tls/site.crt', certificate.pem + (certificate.issuer?.pem ?? ''), 0o644);
  const key = sandbox.write('tls/site.key', keyToPem(certificate.key), 0o600);
  if (process.geteuid?.() === 0 && program.endsWith('exim4')) {
    execFileSync('chown', ['-R', 'Debian-exim', sandbox.path('spool'), key]);
    chmodSync(sandbox.path('tls'), 0o755);
  }
  return { site, port: await freePort(), program, cert, key };
}

/** The lines for the server's configuration, in the comment before the entry of a name. */
function linesFor(name: string, text: string): string {
  const [before = ''] = text.split(`\n  ${name}:\n`);
  const all = before.split('\n');
  const start = all.findLastIndex((line) => !line.startsWith('  #')) + 1;
  const indented = all.slice(start).filter((line) => line.startsWith('  #   '));
  return indented.map((line) => line.slice('  #   '.length)).join('\n');
}

function stapleOf({ name }: Site, server: DiscoveredServer): string {
  return server.name === 'HAProxy' ? 'site.pem.ocsp' : `ocsp/${name}.ocsp-resp`;
}

async function live({ site, port }: Setting): Promise<string> {
  const args = ['live', `127.0.0.1:${port}`, '--servername', site.name, '--starttls', 'smtp'];
  return (await runOcspbot([...args, '--config', 'ocspbot.yaml'], { cwd: site.sandbox.folder })).stdout;
}
