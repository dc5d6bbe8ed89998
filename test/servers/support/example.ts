import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, type TestContext } from 'vitest';
import { parse } from 'yaml';
import { keyToPem } from '../../support/ca.js';
import { requireProgram, requireRoot } from '../../support/require.js';
import { PROGRAM, type Run } from '../../support/run.js';
import { freePort } from './port.js';
import { listensOn, startServer, type Server } from './server.js';
import { makeSite, type Site } from './site.js';

const EXAMPLES = join(import.meta.dirname, '../../../examples/servers');

/** An example of examples/servers, and how a machine runs its server. */
export interface ExampleServer {
  readonly name: string;
  readonly program: string;
  readonly debianPackage: string;
  readonly needsRoot?: boolean | undefined;
  /** The command before `ocspbot`, such as one that becomes another user. */
  readonly runAs?: readonly string[] | undefined;
  /** The status of the first run, when the server is not there yet; 2 without it. */
  readonly firstStatus?: number | undefined;
  /** The configuration of ocspbot. */
  readonly yaml: string;
  /** Files of the example, and their places on the machine. */
  readonly files: Readonly<Record<string, string>>;
  /** The private key's place; in the file of the certificate without it. */
  readonly key?: string | undefined;
  /** Each text of the example that has a port, and the text in its place; the second port is for servers that need two. */
  ports(port: number, second: number): readonly (readonly [string, string])[];
  /** Further files of the machine, such as a main configuration that includes the example. */
  machine?(example: Example): Readonly<Record<string, string>>;
  /** Runs the server in the foreground. */
  command(example: Example): readonly string[];
  /** The work of `systemctl reload`, in a shell; $PID is the server. */
  readonly reload?: string | undefined;
  /** More that root does before the server starts. */
  prepare?(example: Example): void;
}

/** A machine with an example on it. Its folders lie in a sandbox, and it has a `systemctl` of its own. */
export interface Example extends Site {
  readonly program: string;
  readonly port: number;
  readonly second: number;
  /** Where a file of the machine lies. */
  at(path: string): string;
  /** The responder's next response is newer than the one before. */
  newer(): void;
  start(): Promise<Server>;
}

export async function makeExample(server: ExampleServer, context: TestContext): Promise<Example> {
  const program = requireProgram(server.program, server.debianPackage, context);
  if (server.needsRoot === true) requireRoot(context);
  const yaml = readExample(server.yaml);
  const { name, cert, staple } = entryOf(yaml);
  const site = await makeSite(name);
  const { sandbox } = site;
  const at = (path: string) => sandbox.path(path.slice(1));
  const [port, second] = [await freePort(), await freePort()];
  const run = (...args: readonly string[]) => runHere(server, sandbox.folder, args);
  const refresh = async (status = server.firstStatus ?? 2): Promise<Run> => {
    const done = await run('ocspbot.yaml', '--force');
    expect(done.status, done.stdout + done.stderr).toBe(status);
    return done;
  };
  const example: Example = {
    ...site,
    program,
    port,
    second,
    at,
    stapleFile: at(staple),
    staple: () => sandbox.read(staple.slice(1)),
    run,
    refresh,
    refreshWithNewer: (status) => {
      makeNewer(site);
      return refresh(status);
    },
    newer: () => makeNewer(site),
    start: async () => {
      const started = await startServer([program, ...server.command(example)], listensOn(port));
      sandbox.write('bin/systemctl', `#!/bin/sh\nPID=${started.pid}\n${server.reload ?? 'exit 1'}\n`, 0o755);
      return started;
    },
  };
  writeMachine(server, example, { cert, yaml, ports: server.ports(port, second) });
  return example;
}

function readExample(name: string): string {
  return readFileSync(join(EXAMPLES, name), 'utf8');
}

interface Entry {
  readonly name: string;
  readonly cert: string;
  readonly staple: string;
}

/** The one certificate of an example. */
function entryOf(yaml: string): Entry {
  const { ocsp_folder: folder, domains } = parse(yaml) as {
    readonly ocsp_folder: string;
    readonly domains: Readonly<Record<string, { readonly cert: string; readonly ocsp: string }>>;
  };
  const [[name, { cert, ocsp }]] = Object.entries(domains) as [[string, { cert: string; ocsp: string }]];
  return { name, cert, staple: `${folder}/${ocsp}` };
}

interface Parts {
  readonly cert: string;
  readonly yaml: string;
  readonly ports: readonly (readonly [string, string])[];
}

function writeMachine(server: ExampleServer, example: Example, { cert, yaml, ports }: Parts): void {
  const { sandbox, certificate } = example;
  const write = (path: string, text: string, mode: number) => sandbox.write(path.slice(1), text, mode);
  const key = keyToPem(certificate.key);
  const chain = certificate.pem + (certificate.issuer?.pem ?? '');
  if (server.key === undefined) write(cert, chain + key, 0o600);
  else {
    write(cert, chain, 0o644);
    write(server.key, key, 0o600);
  }
  for (const folder of ['/var/lib/ocsp', '/run/haproxy']) write(`${folder}/.keep`, '', 0o644);
  for (const [file, place] of Object.entries({ ...server.files, [server.yaml]: '/ocspbot.yaml' })) {
    const text = file === server.yaml ? yaml : readExample(file);
    write(place, adapt(text, sandbox.folder, ports), 0o755);
  }
  for (const [place, text] of Object.entries(server.machine?.(example) ?? {})) write(place, text, 0o755);
  server.prepare?.(example);
}

/** An example with the paths and ports of this machine, and no other change. */
function adapt(text: string, folder: string, ports: Parts['ports']): string {
  const moved = text.replaceAll(/(?<![\w.*])\/(?=(?:etc|run|usr\/local|var\/lib)\/)/g, `${folder}/`);
  return ports.reduce((result, [from, to]) => result.replaceAll(from, to), moved);
}

async function runHere({ runAs = [] }: ExampleServer, folder: string, args: readonly string[]): Promise<Run> {
  const [program = '', ...rest] = [...runAs, process.execPath, PROGRAM, ...args];
  const path = `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
  const result = await execa(program, rest, {
    cwd: folder,
    env: { PATH: path, HOME: folder, TZ: 'UTC' },
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    stdin: 'ignore',
  });
  const { exitCode: status, signal, stdout, stderr } = result;
  return { status, signal, stdout, stderr };
}

/** The responder's next response is newer than the one before. */
function makeNewer({ responder }: Site): void {
  const { age, validity } = responder.lifetime;
  responder.lifetime = { age: age - 600_000, validity };
}
