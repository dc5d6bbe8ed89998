import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { requireProgram } from '../../support/require.js';
import type { Sandbox } from '../../support/sandbox.js';
import { nginxConfiguration } from './nginx.js';
import { listensOn, startServer, type Server } from './server.js';

const EXAMPLES = join(import.meta.dirname, '../../../examples/fleet');
const MODULES = '/usr/lib/apache2/modules';

/** Texts of an example, and the texts in their place here. */
export type Places = Readonly<Record<string, string>>;

/** Writes an example of examples/fleet to the sandbox, with the ports and folders of this machine. */
function placed(sandbox: Sandbox, name: string, places: Places): string {
  const text = readFileSync(join(EXAMPLES, name), 'utf8');
  const here = Object.entries(places).reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`${name} has no ${from}`);
    return result.replaceAll(from, to);
  }, text);
  return sandbox.write(name, here, 0o644);
}

interface Example {
  readonly sandbox: Sandbox;
  readonly name: string;
  readonly port: number;
  readonly places: Places;
}

/** Starts nginx with an example. Its environment may change its clock. */
export async function startNginxExample(
  { sandbox, name, port, places }: Example,
  context: TestContext,
  environment: Readonly<Record<string, string>> = {},
): Promise<Server> {
  const nginx = requireProgram('nginx', 'nginx-light', context);
  const example = placed(sandbox, name, places);
  const configuration = sandbox.write('nginx.conf', nginxConfiguration(sandbox, `include ${example};`));
  return startServer([nginx, '-e', 'stderr', '-c', configuration], listensOn(port), environment);
}

export async function startVarnishExample(
  { sandbox, name, port, places }: Example,
  context: TestContext,
): Promise<Server> {
  const varnish = requireProgram('varnishd', 'varnish', context);
  const example = placed(sandbox, name, places);
  const options = ['-F', '-a', `127.0.0.1:${port}`, '-f', example, '-n', sandbox.path('varnish')];
  return startServer([varnish, ...options, '-s', 'malloc,16m', '-j', 'none'], listensOn(port));
}

export async function startHaproxyExample(
  { sandbox, name, port, places }: Example,
  context: TestContext,
): Promise<Server> {
  const haproxy = requireProgram('haproxy', 'haproxy', context);
  return startServer([haproxy, '-db', '-f', placed(sandbox, name, places)], listensOn(port));
}

/** Starts Apache with an example and the modules and directives that Debian's own configuration has. */
export async function startApacheExample(
  { sandbox, name, port, places }: Example,
  { modules, more = '' }: { readonly modules: readonly string[]; readonly more?: string },
  context: TestContext,
): Promise<Server> {
  const apache = requireProgram('apache2', 'apache2-bin', context);
  const example = placed(sandbox, name, places);
  const loaded = ['mpm_event', 'authz_core', ...modules];
  const configuration = sandbox.write(
    'apache.conf',
    `ServerRoot ${sandbox.folder}
    DefaultRuntimeDir ${sandbox.folder}
    PidFile ${sandbox.path('apache.pid')}
    Mutex file:${sandbox.folder}
    ErrorLog ${sandbox.path('apache.log')}
    ServerName localhost
    ${process.geteuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
    ${loaded.map((module) => `LoadModule ${module}_module ${MODULES}/mod_${module}.so`).join('\n')}
    ServerLimit 1
    StartServers 1
    ThreadsPerChild 4
    MaxRequestWorkers 4
    ${more}
    Include ${example}`,
  );
  return startServer([apache, '-DFOREGROUND', '-f', configuration], listensOn(port));
}
