import { describe, expect, test } from 'vitest';
import type { Service } from '../../src/configuration/model.js';
import { notifyWarnings, serviceWarnings } from '../../src/services/readiness.js';
import { nodeFiles } from '../../src/system/files.js';
import { makeSandbox } from '../support/sandbox.js';

function service(changes: Partial<Service>): Service {
  return { name: 'web', exitBit: 2, reload: [], test: [], runtimeSockets: [], live: [], ...changes };
}

describe('a program of a service, or of "notify"', () => {
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
    ['bin/plain', '"bin/plain" does not exist, or is not executable'],
    ['missing', '"missing" is not in PATH'],
    [
      'systemctl reload nginx',
      '"systemctl reload nginx" is not in PATH; its arguments are words of their own: [systemctl, reload, nginx]',
    ],
  ])('%s', (program, problem) => {
    const warnings = serviceWarnings([service({ reload: [[program]], test: [[program, '-t']] })], system);
    const expected = problem === undefined ? [] : [`the service "web" could not be reloaded: ${problem}`];
    expect(warnings).toEqual(expected);
    const notified = notifyWarnings({ commands: [[program]] }, system);
    expect(notified).toEqual(
      problem === undefined ? [] : [`a command of notify could not be started: ${problem}`],
    );
  });

  test('socket that is not there is warned of, one that is on another machine is not', () => {
    const unix = { kind: 'unix' as const, path: sandbox.path('haproxy.sock') };
    const tcp = { kind: 'tcp' as const, host: 'haproxy.example', port: 9999 };
    const warnings = serviceWarnings([service({ runtimeSockets: [unix, tcp] })], system);
    expect(warnings).toEqual([expect.stringContaining(`no runtime socket at "${unix.path}"`)]);
  });
});
