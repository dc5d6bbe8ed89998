import { describe, expect, test } from 'vitest';
import { execa } from 'execa';
import { PROGRAM, runOcspbot } from '../support/run.js';
import { makeSandbox } from '../support/sandbox.js';

describe('what is echoed of arguments and files', () => {
  const URLS = ['http://user:secret@[bad/', 'http://user:secret@host:99999/', 'htp//user:secret@host/'];

  test.each(URLS)('shows no password: %s', async (url) => {
    const sandbox = makeSandbox();
    const entry = { cert: 'cert.pem', ocsp: 'a', ocsp_responder_uri: url };
    sandbox.writeConfiguration({ http: { proxy: url }, domains: { a: entry } });
    const options = { cwd: sandbox.folder };
    for (const args of [
      ['validate', 'ocspbot.yaml'],
      ['validate', 'ocspbot.yaml', '--json'],
      ['live', url],
    ]) {
      const { stdout, stderr } = await runOcspbot(args, options);
      expect(stdout + stderr).toContain('******@');
      expect(stdout + stderr).not.toContain('secret');
    }
  });

  const ESCAPE = '\u001b[2J';
  test.each([
    [[`--x${ESCAPE}`]],
    [[`x${ESCAPE}.yaml`]],
    [['services', ESCAPE]],
    [['live', `h${ESCAPE}:443`]],
    [['--now', ESCAPE]],
    [['verify', ESCAPE, '--issuer', ESCAPE, '--serial', ESCAPE]],
  ])('has no control character: %j', async (args) => {
    const { stderr } = await runOcspbot(args, { cwd: makeSandbox().folder });
    expect(stderr).toContain('[2J');
    expect(stderr).not.toContain('\u001b');
  });
});

test('a working folder that was removed does not matter to absolute paths', async () => {
  const sandbox = makeSandbox();
  const configuration = sandbox.writeConfiguration({ ocsp_folder: sandbox.folder, domains: {} });
  sandbox.write('gone/file', '');
  sandbox.remove('gone/file');
  const script = 'cd "$1" && rmdir "$1" && exec "$2" "$3" validate "$4"';
  const words = ['-c', script, 'sh', sandbox.path('gone'), process.execPath, PROGRAM, configuration];
  const { exitCode, stdout } = await execa('sh', words, { reject: false });
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('0 certificates')]);
});
