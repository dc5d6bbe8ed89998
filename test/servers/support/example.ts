import { join } from 'node:path';
import { execa } from 'execa';
import { expect, type TestContext } from 'vitest';
import { requireProgram, requireRoot } from '../../support/require.js';
import { copyForAllUsers, PROGRAM, type Run } from '../../support/run.js';
import { entryOf, readExample, writeMachine } from './example-machine.js';
import type { Example, ExampleServer, Ports } from './example-server.js';
import { freePort } from '../../support/port.js';
import { listensOn, startServer } from './server.js';
import { makeSite, type Site } from './site.js';

export async function makeExample(server: ExampleServer, context: TestContext): Promise<Example> {
  const program = requireProgram(server.program, server.debianPackage, context);
  if (server.needsRoot === true) requireRoot(context);
  const yaml = readExample(server.yaml);
  const { name, cert, staple } = entryOf(yaml);
  const site = await makeSite(name);
  const { sandbox } = site;
  const at = (path: string) => sandbox.path(path.slice(1));
  const ports: Ports = [await freePort(), await freePort(), await freePort(), await freePort()];
  const [port] = ports;
  const { runAs } = server;
  const command = [
    ...(runAs ?? []),
    process.execPath,
    runAs === undefined ? PROGRAM : copyForAllUsers(sandbox.folder),
  ];
  const run = (...args: readonly string[]) => runHere([...command, ...args], sandbox.folder);
  const refresh = async (status = server.firstStatus ?? 2): Promise<Run> => {
    const done = await run('ocspbot.yaml', '--force');
    expect(done.status, done.stdout + done.stderr).toBe(status);
    return done;
  };
  const example: Example = {
    ...site,
    program,
    ports,
    port,
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
  writeMachine(server, example, { cert, yaml, ports: server.ports(ports) });
  return example;
}

async function runHere([program = '', ...args]: readonly string[], folder: string): Promise<Run> {
  const path = `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
  const result = await execa(program, args, {
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
