import { statSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pageText } from '../../src/snapshot/page.js';
import { requireProgram } from '../support/require.js';
import { makeSandbox } from '../support/sandbox.js';
import { openBrowser } from './support/browser.js';
import { certificate, snapshotOf } from './support/snapshots.js';

const COUNT = 10_000;

test('a page of ten thousand certificates opens within a second, and is searched', async (context) => {
  const chromium = requireProgram('chromium', 'chromium', context);
  const stateOf = (index: number) => (index % 999 === 3 ? 'missing' : index % 7 === 0 ? 'due' : 'fresh');
  const certificates = Array.from({ length: COUNT }, (_, index) =>
    certificate(`host${index}.example.org`, (index * 0.37) % 5, stateOf(index)),
  );
  const file = makeSandbox().path('page.html');
  writeFileSync(file, `<!doctype html>\n${pageText(snapshotOf(certificates))}`);
  expect(statSync(file).size).toBeLessThan(6_000_000);
  const browser = await openBrowser(chromium);
  try {
    // In the time of the renderer, and not that of the clock: other programs may keep the machine busy.
    await browser.send('Performance.enable', { timeDomain: 'threadTicks' });
    const began = performance.now();
    await browser.open(file);
    await browser.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    const elapsed = performance.now() - began;
    const { metrics } = await browser.send<{ metrics: { name: string; value: number }[] }>(
      'Performance.getMetrics',
    );
    const busy = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
    console.log(
      `10,000 rows: ${statSync(file).size} bytes, open in ${Math.round(elapsed)} ms, busy ${busy} s`,
    );
    expect(busy).toBeLessThan(1);
    const search = `(() => {
      const began = performance.now();
      const input = document.querySelector('#q');
      input.value = 'host9999.';
      input.dispatchEvent(new Event('input'));
      const shown = [...document.querySelectorAll('.row:not([hidden])')].filter((row) => row.checkVisibility());
      return [shown.map((row) => row.querySelector('bdi').textContent), performance.now() - began];
    })()`;
    const [found, took] = await browser.evaluate<[string[], number]>(search);
    console.log(`searched in ${Math.round(took)} ms`);
    expect(found).toEqual(['host9999.example.org']);
    expect(browser.complaints).toEqual([]);
  } finally {
    await browser.close();
  }
});
