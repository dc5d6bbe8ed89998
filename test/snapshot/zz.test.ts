import { writeFileSync } from 'node:fs';
import { test } from 'vitest';
import { pageText } from '../../src/snapshot/page.js';
import { openBrowser } from './support/browser.js';
import { GOOD, BAD, ATTACKED, certificate, snapshotOf } from './support/snapshots.js';
test('shots', async () => {
  const b = await openBrowser('/usr/bin/chromium');
  const many = snapshotOf(
    Array.from({ length: 10_000 }, (_, i) =>
      certificate(
        `host${i}.example.org`,
        (i * 0.37) % 5,
        i % 999 === 3 ? 'missing' : i % 7 ? 'fresh' : 'due',
      ),
    ),
  );
  for (const [n, s] of Object.entries({ good: GOOD, bad: BAD, attacked: ATTACKED, many })) {
    const f = `/tmp/page-${n}.html`;
    writeFileSync(f, `<!doctype html>\n${pageText(s)}`);
    for (const scheme of ['light', 'dark'])
      for (const width of [1280, 390]) {
        await b.send('Emulation.setDeviceMetricsOverride', {
          width,
          height: n === 'attacked' ? 900 : 1150,
          deviceScaleFactor: 1,
          mobile: false,
        });
        await b.send('Emulation.setEmulatedMedia', {
          features: [{ name: 'prefers-color-scheme', value: scheme }],
        });
        const t = performance.now();
        await b.open(f);
        await b.evaluate('new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))');
        console.log(n, scheme, width, Math.round(performance.now() - t), b.complaints);
        writeFileSync(`/tmp/page-${n}-${scheme}-${width}.png`, await b.screenshot());
      }
  }
  await b.close();
});
