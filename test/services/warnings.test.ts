import { describe, expect, test } from 'vitest';
import type { Service } from '../../src/configuration/model.js';
import { hintFor, messageFor, serviceWarnings, servingWarnings } from '../../src/services/warnings.js';
import type { Failure } from '../../src/services/warnings.js';
import { nodeFiles } from '../../src/system/files.js';
import { makeSandbox } from '../support/sandbox.js';

function service(changes: Partial<Service>): Service {
  return { name: 'web', exitBit: 2, reload: [], test: [], runtimeSockets: [], live: [], ...changes };
}

describe('a program of a service', () => {
  const sandbox = makeSandbox();
  sandbox.write('bin/reload', '#!/bin/sh\n', 0o755);
  sandbox.write('bin/plain', '#!/bin/sh\n', 0o644);
  const system = {
    files: nodeFiles,
    environment: { PATH: sandbox.path('bin') },
    workingFolder: sandbox.folder,
  };

  test.each([
    ['reload', undefined],
    ['bin/reload', undefined],
    [sandbox.path('bin/reload'), undefined],
    ['plain', '"plain" is not in PATH'],
    ['bin/plain', '"bin/plain" is not there, or not executable'],
    ['missing', '"missing" is not in PATH'],
  ])('%s', (program, problem) => {
    const warnings = serviceWarnings([service({ reload: [[program]], test: [[program, '-t']] })], system);
    const expected = problem === undefined ? [] : [`the service "web" could not be reloaded: ${problem}`];
    expect(warnings).toEqual(expected);
  });

  test('socket that is not there is warned of, one that is on another machine is not', () => {
    const unix = { kind: 'unix' as const, path: sandbox.path('haproxy.sock') };
    const tcp = { kind: 'tcp' as const, host: 'haproxy.example', port: 9999 };
    const warnings = serviceWarnings([service({ runtimeSockets: [unix, tcp] })], system);
    expect(warnings).toEqual([expect.stringContaining(`no runtime socket at "${unix.path}"`)]);
  });
});

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

test.each([
  ['of one certificate', 1, '/ocsp/a.ocsp', [], 0],
  ['of several, where HAProxy reads it', 2, '/ocsp/a.ocsp', [], 1],
  ['of several, for another server', 2, '/ocsp/a.ocsp-resp', [], 0],
  ['of several, for a socket of HAProxy', 2, '/ocsp/a.der', [{ kind: 'unix', path: '/s' }], 1],
] as const)(
  'a response %s is warned of as the server demands',
  (_, count, ocsp, runtimeSockets, expected) => {
    const services = [{ name: 'web', runtimeSockets }];
    const warnings = servingWarnings({ singleResponses: count }, { ocsp, services: ['web'] }, services);
    expect(warnings).toHaveLength(expected);
  },
);
