import { describe, expect, it } from 'vitest';
import { EXAMPLE_SERVERS } from './support/example-servers.js';
import { makeExample } from './support/example.js';
import { expectStapled } from './support/stapling.js';

describe.for(EXAMPLE_SERVERS)('the example for $name', (server) => {
  it('staples what was installed, and a newer response after a run that reloads', async (context) => {
    const example = await makeExample(server, context);
    await example.refresh();
    const { log } = await example.start();
    // It pays what the first one could not.
    expect(await example.run('ocspbot.yaml', '--reload'), log()).toMatchObject({ status: 0 });
    expect(await example.run('validate', 'ocspbot.yaml')).toMatchObject({ status: 0, stderr: '' });
    await expectStapled(example, example.port);
    const old = example.staple();
    example.newer();
    const run = await example.run('ocspbot.yaml', '--force', '--reload');
    expect(run, log()).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toMatch(/ {2}same {2}/);
    expect(example.staple()).not.toEqual(old);
    await expectStapled(example, example.port);
  });
});
