import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { openTestPki } from '../command/support/test-pki.js';
import { makeWorkspace } from '../command/support/workspace.js';
import { requireProgram, requireRoot } from '../support/require.js';
import { COMMAND_SCRIPT } from '../support/run.js';
import { checkByIcinga } from './icinga.js';
import { checkByNagios } from './nagios.js';

const pki = openTestPki();

/** A workspace with one missing staple, and the command line of the plugin. */
function missing() {
  const workspace = makeWorkspace(pki);
  workspace.add('a.example', { staple: 'missing' });
  workspace.add('b.example', { staple: 'fresh' });
  workspace.configure({ relative_to: 'config' });
  const { sandbox } = workspace;
  const command = sandbox.write('bin/ocspbot', COMMAND_SCRIPT, 0o755);
  const argv = [command, 'check', sandbox.path('ocspbot.yaml'), '--run-warning', 'off'];
  return { folder: sandbox.folder, sandbox, argv };
}

describe('monitoring that is real', () => {
  test('Nagios Core runs the plugin, and takes state, line, performance data and further lines', async (context) => {
    requireRoot(context);
    const nagios = requireProgram('nagios4', 'nagios4-core', context);
    const { sandbox, argv } = missing();
    const result = await checkByNagios(nagios, [...argv, '-w', '1d', '-c', '2h'].join(' '), sandbox);
    expect(result.state).toBe('CRITICAL');
    expect(result.output).toBe('OCSP CRITICAL - a.example: missing: there is no staple');
    expect(result.performance).toMatch(/^certificates=2;;;0 attention=1;;0;0 left=\d+s;86400:;7200:$/);
    expect(result.further).toMatch(/^CRITICAL a\.example: missing: there is no staple \(run ocspbot: /);
  });

  test('Icinga 2 runs it by the example, and takes state, performance data and all lines of standard output alone', async (context) => {
    const icinga = requireProgram('icinga2', 'icinga2-bin', context);
    const { sandbox } = missing();
    const hosts = {
      here: {
        ocspbot_config: sandbox.path('ocspbot.yaml'),
        ocspbot_warning: '25%',
        ocspbot_critical: '2h',
        ocspbot_run_warning: 'off',
      },
      // Its error would be shown with the line of the file, whose | begins performance data.
      wrong: { ocspbot_config: sandbox.write('wrong.yaml', 'domain: {}\n') },
    };
    const { here, wrong } = await checkByIcinga(icinga, hosts, sandbox);
    expect(here).toEqual({
      state: 'CRITICAL',
      performance: expect.stringMatching(/^certificates=2;;;0 attention=1;;0;0 left=\d+s;;7200:$/),
      output: expect.stringMatching(
        /^OCSP CRITICAL - a\.example: missing: there is no staple ?\nCRITICAL a\.example: missing: .*$/,
      ),
    });
    expect(wrong).toEqual({
      state: 'UNKNOWN',
      performance: '',
      output: expect.stringMatching(/^OCSP UNKNOWN - .*wrong\.yaml has a problem\nUNKNOWN .*unknown key.*$/),
    });
  });

  test('negate of monitoring-plugins turns the verdict round', async (context) => {
    const negate = requireProgram('negate', 'monitoring-plugins-basic', context);
    const { argv, folder } = missing();
    const good = await execa(negate, argv, { reject: false });
    expect([good.exitCode, good.stdout.split('\n')[0]]).toEqual([
      0,
      expect.stringMatching(/^OCSP CRITICAL - a\.ex/),
    ]);
    const bad = await execa(negate, [...argv, '--only', 'b.example'], { reject: false });
    expect([bad.exitCode, bad.stdout]).toEqual([2, expect.stringMatching(/^OCSP OK - 1 staple good/)]);
    const unknown = await execa(negate, ['-u', 'WARNING', '-s', ...argv, '--only', 'x'], {
      reject: false,
      cwd: folder,
    });
    expect([unknown.exitCode, unknown.stdout]).toEqual([
      1,
      expect.stringMatching(/^OCSP WARNING - --only x/),
    ]);
  });
});
