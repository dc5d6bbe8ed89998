import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openTestPki } from '../command/support/test-pki.js';
import type { Run } from '../support/run.js';
import { readCrontab } from './support/crontab.js';
import { EXAMPLES, makeMachine, prepareFor, STATUSES, type Machine } from './support/machine.js';

const pki = openTestPki();
const TEXT = readFileSync(join(EXAMPLES, 'cron/ocspbot'), 'utf8');

test('the file is one that cron reads', () => {
  const { lines, settings, jobs } = readCrontab(TEXT);
  expect(settings).toEqual([
    ...['SHELL', '/bin/sh'],
    ...['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ...['MAILTO', 'root'],
  ]);
  expect(jobs).toMatchObject([{ schedule: '17 * * * * ', user: 'root' }]);
  expect(lines).toHaveLength(4);
  expect(TEXT.endsWith('\n')).toBe(true); // cron ignores a last line without its end
  expect(jobs[0]?.command).not.toContain('%'); // which would be a line feed
});

test('the lines in its comment are those of the job', () => {
  const lines = TEXT.split('\n').flatMap((line) => /^# {3}(\S.*)$/.exec(line)?.slice(1) ?? []);
  expect(readCrontab(TEXT).jobs[0]?.command).toBe(lines.join('; '));
});

function runJob({ shell, configuration }: Machine): Promise<Run> {
  const command = readCrontab(TEXT).jobs[0]?.command ?? '';
  return shell(command.replaceAll('/etc/ocspbot.yaml', configuration));
}

describe('the job', () => {
  test.each(STATUSES)('when the run ends with %i', async (status, services) => {
    const machine = makeMachine(pki);
    prepareFor(status, machine, pki);
    const { stdout, stderr } = await runJob(machine);
    expect(machine.calls()).toEqual(services.map((name) => `reload ${name}`));
    expect(stdout).toBe('');
    // No mail where there is nothing to tell.
    if (status < 32) expect(stderr).toBe('');
    else expect(stderr).toMatch(status === 78 ? /domains/ : /^error: bad\.example: failed: /);
    // Told once, owed no more.
    if (status < 32) expect((await machine.shell('ocspbot ocspbot.yaml --quiet')).status).toBe(0);
  });

  test('a reload that fails is told, and every run asks for it again until it succeeds', async () => {
    const machine = makeMachine(pki);
    machine.workspace.add('a.example', { staple: 'due', entry: { services: ['broken'] } });
    machine.workspace.add('b.example', { staple: 'due', entry: { services: ['nginx'] } });
    machine.workspace.configure({ services: { broken: {}, nginx: {} } });
    expect(await runJob(machine)).toMatchObject({ stderr: 'Job for broken failed.\n' });
    expect(machine.calls()).toEqual(['reload broken', 'reload nginx']);
    expect((await runJob(machine)).stderr).toContain('Job for broken failed.\n');
    machine.repair();
    await runJob(machine);
    expect(await runJob(machine)).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(machine.calls().slice(2)).toEqual(['reload broken', 'reload broken']);
  });

  test('the status is the one that was meant', async () => {
    for (const [status] of STATUSES) {
      const machine = makeMachine(pki);
      prepareFor(status, machine, pki);
      expect((await machine.shell('ocspbot ocspbot.yaml --quiet')).status).toBe(status);
    }
  });
});
