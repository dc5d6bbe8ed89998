import { expect } from 'vitest';
import type { TestPki } from '../../command/support/test-pki.js';
import type { StapleName } from '../../command/support/staples.js';
import { blockWith, type Block } from '../support/markdown.js';
import { makeHost, type Host } from '../support/host.js';
import type { SnippetTests } from './snippet-tests.js';

export const MIGRATION: SnippetTests = {
  'docs/migration.md: python3 ocspbot.py /etc/ocspbot.yaml': misreadsErrors,
  'docs/migration.md: ocspbot /etc/ocspbot.yaml --quiet': readsTheStatus,
};

/** The statuses of the Python program, as a shell gets them. */
async function misreadsErrors({ text }: Block, pki: TestPki): Promise<void> {
  for (const status of [255, 254, 253, 252]) {
    const host = makeHost(pki);
    host.stub('python3', `exit ${status}`);
    expect((await host.shell(text)).stderr).toBe('');
    expect(host.machine.calls()).toEqual(['reload nginx']);
  }
}

/** The corrected script, with the configuration of the Python program. */
async function readsTheStatus({ text }: Block, pki: TestPki): Promise<void> {
  const configuration = blockWith('docs/migration.md', 'yaml').text;
  const call = async (staple: StapleName, set: (host: Host) => void = () => undefined) => {
    const host = makeHost(pki);
    host.configure(configuration, { 'example.com': staple });
    set(host);
    const { status, stderr } = await host.shell(text);
    return { host, status, stderr, calls: host.machine.calls() };
  };
  expect(await call('fresh')).toMatchObject({ status: 0, stderr: '', calls: [] });
  expect(await call('due')).toMatchObject({ status: 0, stderr: '', calls: ['reload nginx'] });

  const attention = await call('missing', (host) =>
    pki.responder.set('tryLater', host.certificate('example.com')),
  );
  expect(attention).toMatchObject({ status: 1, calls: [] });
  expect(attention.stderr).toContain('ocspbot needs attention: its messages say why\n');

  const wrong = await call('due', (host) => host.write('/etc/ocspbot.yaml', 'domains: 5\n'));
  expect(wrong).toMatchObject({ status: 78, calls: [] });
  expect(wrong.stderr).toContain('ocspbot did not do its work: status 78\n');

  for (const status of [1, 9, 126, 127, 139]) {
    const dead = await call('due', (host) => host.stub('ocspbot', `exit ${status}`));
    expect(dead).toMatchObject({ status, calls: [] });
  }

  // A reload that fails is asked for by the next run.
  const broken = await call('due', (host) => host.stub('systemctl', 'exit 1'));
  expect(broken.status).toBe(0);
  expect((await broken.host.shell('ocspbot /etc/ocspbot.yaml --quiet')).status).toBe(2);
}
