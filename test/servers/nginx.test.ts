import { describe, expect, it } from 'vitest';
import { makeNginx, startNginx } from './support/nginx.js';
import { makeSite } from './support/site.js';
import { expectNewAfter, expectStapled } from './support/stapling.js';

describe('nginx', () => {
  it('staples what was installed, and a newer response after a reload', async (context) => {
    const site = await makeSite();
    await site.refresh();
    const server = await startNginx(site, context);
    await expectStapled(site, server.port);
    await expectNewAfter(site, server.port, () => server.reload());
  });

  it('does not start with an empty file, and the next run puts that right', async (context) => {
    const site = await makeSite();
    const { test } = await makeNginx(site, context);
    site.sandbox.write('site.pem.ocsp', '');
    expect(await test()).toMatchObject({ starts: false, output: expect.stringContaining('site.pem.ocsp') });
    await site.refresh();
    expect(await test()).toMatchObject({ starts: true });
  });

  it.for([
    'tryLater',
    'empty',
    'garbage',
    'reset',
    'forged',
    'foreign',
    'expired',
    'unknown',
    'revoked',
  ] as const)('starts after a run that got nothing good: %s', async (mode, context) => {
    const site = await makeSite();
    const { test } = await makeNginx(site, context);
    await site.refresh();
    const before = site.staple();
    site.responder.set(mode);
    await site.refresh(mode === 'revoked' ? 32 : 0);
    expect(site.staple()).toEqual(before);
    expect(await test()).toMatchObject({ starts: true });
  });
});
