import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createProcesses } from '../../src/system/processes.js';

const processes = createProcesses();
const { self } = processes;

describe('whether a process is alive', () => {
  it.each([
    ['we ourselves', self, true],
    ['we, without a start time', { ...self, started: '' }, true],
    [
      'another process with our pid, started at another time',
      { ...self, started: `${self.started}1` },
      false,
    ],
    ['our pid before the last boot', { ...self, started: self.started.replace(/^./, 'x') }, false],
    ['on another host: nobody can know', { ...self, pid: 1, host: 'elsewhere' }, true],
    ['in another pid namespace: nobody can know', { ...self, host: `${self.host} (pid namespace 1)` }, true],
    ['a pid that no system gives', { ...self, pid: 2 ** 30, started: '' }, false],
    ['a process group', { ...self, pid: -1, started: '' }, false],
    ['our process group', { ...self, pid: 0, started: '' }, false],
    ['no number', { ...self, pid: 1.5, started: '' }, false],
  ])('%s', (_, identity, expected) => {
    expect(processes.isAlive(identity)).toBe(expected);
  });

  it('the first process of all, which is not ours', () => {
    expect(processes.isAlive({ pid: 1, started: '', host: self.host })).toBe(true);
  });

  it('a child, until it has ended', async () => {
    const child = spawn('sleep', ['60']);
    onTestFinished(() => void child.kill('SIGKILL'));
    const identity = { pid: child.pid ?? 0, started: '', host: self.host };
    expect(processes.isAlive(identity)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(processes.isAlive(identity)).toBe(false);
  });

  it('not a zombie, which has a pid and a start time still', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60']);
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [text] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(text.toString());
    while (!readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')) await sleep(5);
    expect(processes.isAlive({ pid, started: '', host: self.host })).toBe(false);
  });
});

describe('what is known of a process', () => {
  it.each([
    ['we ourselves', self, 'alive'],
    ['our pid, started at another time', { ...self, started: `${self.started}1` }, 'dead'],
    ['our pid before the last boot', { ...self, started: self.started.replace(/^./, 'x') }, 'dead'],
    ['our pid, of a claim without a start time', { ...self, started: '' }, 'unknown'],
    ['on another host', { ...self, host: 'elsewhere' }, 'unknown'],
  ] as const)('%s: %s', (_, identity, life) => {
    expect(processes.lifeOf(identity)).toBe(life);
  });
});
