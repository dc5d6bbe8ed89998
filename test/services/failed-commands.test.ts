import { describe, expect, test } from 'vitest';
import { type Failure, hintFor, messageFor } from '../../src/services/failed-commands.js';

describe('a command that failed', () => {
  const argv = ['nginx', '-s', 'reload now'] as const;
  const failures: [Failure, string, RegExp][] = [
    [{ kind: 'failed', status: 3, output: '' }, 'ended with status 3', /run it by hand/],
    [{ kind: 'killed', signal: 'SIGTERM', output: '' }, 'was ended by SIGTERM', /run it by hand/],
    [{ kind: 'timed-out', output: '' }, 'was stopped after 1 minute', /raise reload_timeout/],
    [{ kind: 'not-started', code: 'ENOENT' }, 'could not be started (ENOENT)', /not in PATH/],
    [{ kind: 'not-started', code: 'EACCES' }, 'could not be started (EACCES)', /executable/],
  ];
  test.each(failures)('%j', (failure, end, hint) => {
    expect(messageFor('reload', argv, failure, 60_000)).toBe(`reload failed: nginx -s 'reload now' ${end}`);
    expect(messageFor('test', argv, failure, 60_000)).toMatch(
      /^not reloaded, because its test failed: nginx/,
    );
    expect(hintFor('reload', argv, failure)).toMatch(hint);
  });
});
