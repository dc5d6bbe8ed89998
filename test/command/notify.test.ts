import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, onTestFinished, test } from 'vitest';
import { closed } from '../support/reports.js';
import { openTestPki } from './support/test-pki.js';
import { DAY, HOUR } from './support/times.js';
import { makeWorkspace, type Workspace } from './support/workspace.js';

const pki = openTestPki();
const SCHEMA = join(import.meta.dirname, '../../dist/schemas/notification.schema.json');
const isDocument = new Ajv({ allErrors: true }).compile(
  closed(JSON.parse(readFileSync(SCHEMA, 'utf8'))) as object,
);
/** Secrets that no output may have. */
const [TOKEN, PASSWORD] = ['canary-0123456789abcdef', 'canary-password'];

interface Told {
  readonly id: string;
  readonly text: string;
  readonly configuration: string;
  readonly changes: readonly { readonly name: string; readonly severity: string; readonly before: string }[];
}

interface Call {
  readonly line: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** A server of webhooks and pings. `answer` may be exchanged. */
async function startHooks() {
  const calls: Call[] = [];
  const hooks = { answer: ((response) => response.end('ok')) as Answer };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      calls.push({
        line: `${method} ${url}`,
        authorization: headers.authorization,
        body: Buffer.concat(chunks).toString(),
      });
      hooks.answer(response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  onTestFinished(close);
  return { calls, hooks, close, host: `127.0.0.1:${port}` };
}

/** A certificate whose staple is there, and one whose staple can be taken away. */
function makeSite(keys: object): Workspace & { break(): void; mend(): void } {
  const workspace = makeWorkspace(pki);
  const add = (name: string) => {
    const { certificate, file } = workspace.add(name, { certificate: { ocspUrls: ['http://127.0.0.1:1/'] } });
    const good = pki.response(certificate, -HOUR, 7 * DAY);
    workspace.sandbox.write(file, good);
    return { file, good };
  };
  add('stays.example');
  const { file, good } = add('breaks.example');
  workspace.configure({ http: { attempts: 1 }, ...keys });
  return {
    ...workspace,
    break: () => workspace.sandbox.remove(file),
    mend: () => void workspace.sandbox.write(file, good),
  };
}

const textOf = ({ sandbox }: Workspace, name: string) => Buffer.from(sandbox.read(name)).toString();

/** Reads documents, each of which must satisfy the published schema and have no other fields. */
const toldBy = (text: string): Told[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const told = JSON.parse(line) as Told;
      expect([isDocument(told), isDocument.errors]).toEqual([true, null]);
      return told;
    });

const severities = (told: readonly Told[]) =>
  told.map(({ changes }) => changes.map(({ name, before, severity }) => `${name} ${before} ${severity}`));

const BROKEN = ['breaks.example ok critical'];
const WELL = ['breaks.example critical ok'];

describe('notify', () => {
  test('a command and a webhook are told once of each change, and once when all is well again', async () => {
    const { calls, host } = await startHooks();
    const url = `http://user:${PASSWORD}@${host}/${TOKEN}`;
    const site = makeSite({ notify: { command: ['sh', '-c', 'cat >>told.json'], url } });
    const outputs: string[] = [];
    const run = async (...args: string[]) => {
      const { stdout, stderr } = await site.run(...args);
      outputs.push(stdout + stderr);
    };
    await run();
    site.break();
    for (let count = 0; count < 3; count += 1) await run();
    await run('--json');
    site.mend();
    for (let count = 0; count < 2; count += 1) await run('--verbose');
    const byCommand = toldBy(textOf(site, 'told.json'));
    expect(severities(byCommand)).toEqual([BROKEN, WELL]);
    expect(calls.map(({ line }) => line)).toEqual([`POST /${TOKEN}`, `POST /${TOKEN}`]);
    expect(calls.map(({ body }) => toldBy(body)[0]?.id)).toEqual(byCommand.map(({ id }) => id));
    expect(calls[0]?.authorization).toBe(`Basic ${Buffer.from(`user:${PASSWORD}`).toString('base64')}`);
    expect(byCommand[0]?.text).toMatch(/: 1 problem\nCRITICAL breaks\.example: missing: /);
    expect(byCommand[1]?.text).toMatch(/: 1 well again\nOK breaks\.example: fresh: /);
    expect(outputs.join('')).not.toMatch(/canary/);
  });

  test('a command that fails is told again, no other receiver is, and its arguments are not shown', async () => {
    const { calls, host } = await startHooks();
    const fails = ['sh', '-c', `cat >>fails.json; exit 1`, `http://${host}/${TOKEN}`];
    const site = makeSite({
      notify: { command: [['sh', '-c', 'cat >>told.json'], fails], url: `http://${host}/` },
    });
    site.break();
    for (let count = 0; count < 3; count += 1) {
      const { stdout, stderr, status } = await site.run();
      expect(status).toBe(32);
      expect(stderr).toContain('warning: the notification by sh failed: it ended with status 1');
      expect(stdout + stderr).not.toMatch(/canary/);
    }
    expect(severities(toldBy(textOf(site, 'told.json')))).toEqual([BROKEN]);
    expect(calls.length).toBe(1);
    expect(severities(toldBy(textOf(site, 'fails.json')))).toEqual([BROKEN, BROKEN, BROKEN]);
  });

  test.for<readonly [string, Answer]>([
    ['a long body', (response) => response.writeHead(200).end(Buffer.alloc(1024 * 1024))],
    ['a body without end', (response) => response.writeHead(200).write('{')],
    [
      'a body that is cut off',
      (response) => response.writeHead(200, { 'Content-Length': 10 }).write('{', () => response.destroy()),
    ],
    ['no body', (response) => response.writeHead(204).end()],
  ])('a webhook that answers 2xx with %s has been told', async ([, answer]) => {
    const { calls, hooks, host } = await startHooks();
    hooks.answer = answer;
    // The usual time limit, also for the body without end: its header must arrive in time on a busy machine.
    const site = makeSite({ notify: { url: `http://${host}/` } });
    site.break();
    expect((await site.run()).stderr).not.toMatch(/notification/);
    await site.run();
    expect(calls.length).toBe(1);
  });

  test('a dry run tells nobody, and changes nothing', async () => {
    const site = makeSite({
      notify: { command: ['sh', '-c', 'cat >>told.json'] },
      ping: 'http://127.0.0.1:1/',
    });
    site.break();
    const { stderr } = await site.run('--dry-run');
    expect(stderr).not.toMatch(/ping/);
    expect(site.sandbox.exists('told.json')).toBe(false);
  });

  const FAILURES: readonly (readonly [string, Answer])[] = [
    ['500', (response) => response.writeHead(500).end(TOKEN)],
    ['a redirect', (response) => response.writeHead(302, { Location: `http://127.0.0.1:1/${TOKEN}` }).end()],
    ['a broken connection', (response) => response.socket?.destroy()],
    ['no proper HTTP', (response) => response.socket?.end(`${TOKEN}\r\n\r\n`)],
  ];
  test.for(FAILURES)(
    'a webhook that answers with %s is told again, and its URL is not shown',
    async ([, answer]) => {
      const { calls, hooks, host } = await startHooks();
      const site = makeSite({ notify: { url: `http://${host}/${TOKEN}` }, ping: `http://${host}/${TOKEN}` });
      hooks.answer = answer;
      site.break();
      const failed = await site.run();
      expect(failed.status).toBe(32);
      expect(failed.stderr).toContain(`warning: the notification of http://${host} failed: `);
      expect(failed.stderr).toContain('the next run tries again');
      expect(failed.stdout + failed.stderr).not.toMatch(/canary/);
      hooks.answer = (response) => response.end();
      site.mend();
      await site.run();
      const told = calls
        .filter(({ line }) => line.startsWith('POST'))
        .map(({ body }) => toldBy(body)[0] as Told);
      // Nobody has been told of the problem: so it is told, and that all is well.
      expect(severities(told)).toEqual([BROKEN, [...BROKEN, ...WELL]]);
    },
  );

  test('a run that is killed while it tells repeats that once, and no later run does', async () => {
    const site = makeSite({ notify: { command: ['sh', '-c', 'cat >>told.json; kill -KILL $PPID'] } });
    site.break();
    expect((await site.run()).signal).toBe('SIGKILL');
    site.configure({ http: { attempts: 1 }, notify: { command: ['sh', '-c', 'cat >>told.json'] } });
    for (let count = 0; count < 3; count += 1) await site.run();
    const told = toldBy(textOf(site, 'told.json'));
    expect(severities(told)).toEqual([BROKEN, BROKEN]);
    expect(new Set(told.map(({ id }) => id)).size).toBe(1);
  });

  test('a run that is killed before it tells loses no change, not even one that is over', async () => {
    const site = makeSite({ notify: { command: ['sh', '-c', 'kill -KILL $PPID'] } });
    site.break();
    expect((await site.run()).signal).toBe('SIGKILL');
    site.mend();
    site.configure({ http: { attempts: 1 }, notify: { command: ['sh', '-c', 'cat >>told.json'] } });
    await site.run();
    expect(severities(toldBy(textOf(site, 'told.json')))).toEqual([[...BROKEN, ...WELL]]);
  });

  test.for([
    ['is missing', { command: ['./absent'] }, /could not be started \(ENOENT\)/],
    ['fails', { command: ['sh', '-c', 'echo no mail >&2; exit 3'] }, /ended with status 3: no mail/],
    ['reads nothing', { command: ['true'] }, undefined],
    ['does not end', { command: ['sleep', '600'], timeout: '1s' }, /was stopped after 1 second/],
  ] as const)('a command that %s does not hold up the run', async ([, notify, problem]) => {
    const site = makeSite({ notify });
    site.break();
    const { status, stderr } = await site.run();
    expect(status).toBe(32);
    if (problem === undefined) expect(stderr).not.toMatch(/notification/);
    else expect(stderr).toMatch(problem);
  });

  test('a damaged record is as none: what is wrong is told again', async () => {
    const site = makeSite({ notify: { command: ['sh', '-c', 'cat >>told.json'] } });
    site.break();
    await site.run();
    const folder = site.sandbox
      .list('ocsp/.ocspbot')
      .find((name) => site.sandbox.exists(`ocsp/.ocspbot/${name}/notifications.json`));
    const record = `ocsp/.ocspbot/${folder}/notifications.json`;
    for (const content of [
      '{',
      '[]',
      '{"schema":1,"severities":[[1,2],"x"],"unsent":{"command":{"changes":[0]}}}',
    ]) {
      site.sandbox.write(record, content);
      expect((await site.run()).status).toBe(32);
    }
    expect(severities(toldBy(textOf(site, 'told.json')))).toEqual([BROKEN, BROKEN, BROKEN, BROKEN]);
  });
});

describe('ping', () => {
  test('begins with /start and ends without, or with /fail if something needs attention', async () => {
    const { calls, host } = await startHooks();
    const site = makeSite({ ping: `http://${host}/${TOKEN}` });
    await site.run();
    site.break();
    await site.run();
    expect(calls.map(({ line }) => line)).toEqual([
      `GET /${TOKEN}/start`,
      `GET /${TOKEN}`,
      `GET /${TOKEN}/start`,
      `GET /${TOKEN}/fail`,
    ]);
  });

  test('has a URL for each occasion, or for some', async () => {
    const { calls, host } = await startHooks();
    const site = makeSite({
      ping: { attention: `http://${host}/push?status=down`, success: `http://${host}/up` },
    });
    await site.run();
    site.break();
    await site.run();
    expect(calls.map(({ line }) => line)).toEqual(['GET /up', 'GET /push?status=down']);
  });

  test('a run of some certificates calls nobody: it says nothing of the others', async () => {
    const { calls, host } = await startHooks();
    const site = makeSite({ ping: `http://${host}/p` });
    site.break();
    expect((await site.run('--only', 'stays.example')).status).toBe(0);
    expect((await site.run('--match', 'breaks.*')).status).toBe(32);
    expect(calls).toEqual([]);
  });

  test('nor does one that knows of no others, because their place cannot be read', async () => {
    const { calls, host } = await startHooks();
    const site = makeSite({ ping: `http://${host}/p`, scan_keys: [{ folder: 'unmounted' }] });
    const given = site.sandbox.list('ocsp').filter((name) => name.endsWith('.ocsp'));
    const install = ['install', ...given.map((name) => `ocsp/${name}`), '--config', 'ocspbot.yaml'];
    expect((await site.run('--match', '*')).status).toBe(0);
    expect((await site.runCommand(...install)).status).toBe(0);
    expect(calls).toEqual([]);
    expect((await site.runCommand('check', 'ocspbot.yaml')).stdout).toContain('no good run is known');
    expect((await site.run()).status).toBe(32);
    expect(calls.map(({ line }) => line)).toEqual(['GET /p/start', 'GET /p/fail']);
  });

  test('a run that finds another one at work calls nobody: that one may hang', async () => {
    const { calls, hooks, host } = await startHooks();
    const site = makeSite({ notify: { url: `http://${host}/told` }, ping: `http://${host}/p` });
    site.break();
    const seconds: Promise<number | undefined>[] = [];
    hooks.answer = (response, { method }) => {
      if (method === 'GET') return response.end();
      const second = site.run().then(({ status }) => status);
      seconds.push(second);
      return second.finally(() => response.end());
    };
    await site.run();
    expect(await Promise.all(seconds)).toEqual([75]);
    expect(calls.map(({ line }) => line).sort()).toEqual(['GET /p/fail', 'GET /p/start', 'POST /told']);
  });

  test('a run that cannot be is attention', async () => {
    const { calls, host } = await startHooks();
    const site = makeSite({ ping: `http://${host}/p`, state_folder: 'state' });
    site.sandbox.write('state', 'no folder');
    const { status } = await site.run();
    expect(status).toBe(73);
    expect(calls.at(-1)?.line).toBe('GET /p/fail');
  });
});

test.each([
  [`notify: { url: 'ftp://h/${TOKEN}' }`],
  [`notify: { url: '${TOKEN}' }`],
  [`ping: 'h/${TOKEN}'`],
  [`ping: { start: 'gopher://h/${TOKEN}' }`],
  [`ping: 'https:///${TOKEN}'`],
  [`ping: 'https:${TOKEN}'`],
  [`pingg: 'https://h/${TOKEN}'`],
  [`notify: { urll: 'https://h/${TOKEN}' }`],
])('a configuration error does not show a secret: %s', async (line) => {
  const site = makeSite({});
  site.sandbox.write('wrong.yaml', `${line}\n${textOf(site, 'ocspbot.yaml')}`);
  for (const args of [
    ['validate', 'wrong.yaml'],
    ['wrong.yaml', '--json'],
  ]) {
    const { status, stdout, stderr } = await site.runCommand(...args);
    expect(status).toBe(78);
    expect(stdout + stderr).not.toMatch(/canary/);
  }
});
