import { expect, test } from 'vitest';
import { type Console, openConsole } from '../../src/cli/console.js';
import { reportOnConsole } from '../../src/cli/listener.js';
import type { Exchange } from '../../src/client/trace.js';
import { NO_BASIS, type Outcome } from '../../src/report/outcome.js';
import { LIMITS } from '../../src/util/limits.js';

const FACTS = { file: 'a.ocsp', services: [], message: 'it happened', hint: undefined, alarms: [] };

const outcome = (kind: 'updated' | 'unchanged', warnings: readonly string[] = []) =>
  ({
    ...FACTS,
    name: kind,
    kind,
    reason: 'due',
    staple: undefined,
    warnings,
    basis: NO_BASIS,
    exchanges: [],
  }) as Outcome;

const listen = (detail: Console['detail']) => {
  const written = { stdout: '', stderr: '' };
  const outlet = (name: keyof typeof written) => ({
    isTerminal: false,
    isDumb: false,
    columns: undefined,
    isJournal: false,
    failure: () => undefined,
    write: (text: string) => void (written[name] += text),
    flush: () => Promise.resolve(true),
  });
  const sinks = { stdout: outlet('stdout'), stderr: outlet('stderr') };
  const open = () => openConsole(sinks, { format: 'text', detail, isPlain: true });
  const listener = reportOnConsole(open, false, { now: () => 0, isOrphaned: () => false });
  return { listener, written };
};

const OUTCOMES = [outcome('updated'), outcome('unchanged'), outcome('unchanged', ['look here'])];

test.each([
  { count: 3, detail: 'normal', lines: ['updated', 'unchanged', 'unchanged'] },
  { count: LIMITS.linesShown, detail: 'normal', lines: ['updated', 'unchanged', 'unchanged'] },
  { count: LIMITS.linesShown + 1, detail: 'normal', lines: ['updated'] },
  { count: LIMITS.linesShown + 1, detail: 'verbose', lines: ['updated', 'unchanged', 'unchanged'] },
] as const)('the lines of a run of $count certificates, $detail', ({ count, detail, lines }) => {
  const { listener, written } = listen(detail);
  listener.begin(Array.from({ length: count }, (_, index) => `d${index}`));
  for (const one of OUTCOMES) listener.done(one);
  expect(written.stdout.match(/^\w+/gm)).toEqual(lines);
  // A warning is always told.
  expect(written.stderr).toBe('warning: unchanged: look here\n');
});

test('a failure has its last request once, also with --verbose', () => {
  const exchange: Exchange = {
    ...{ method: 'GET', url: 'http://ocsp.example/', curl: () => 'curl -v' },
    ...{ address: undefined, addresses: [], proxy: undefined, wasSent: false, status: undefined },
    times: { dns: undefined, connect: undefined, tls: undefined, firstByte: undefined, total: 1 },
  };
  const failed = {
    ...outcome('updated'),
    kind: 'failed',
    reason: 'timeout',
    exchanges: [exchange],
  } as Outcome;
  const { listener, written } = listen('verbose');
  listener.begin(['a']);
  listener.done(failed);
  const lines = (written.stderr + written.stdout).split('\n');
  expect(lines.filter((line) => /^ {2}(asked|again): /.test(line))).toEqual([
    expect.stringContaining('asked: GET http://ocsp.example/'),
    '  again: curl -v',
  ]);
});
