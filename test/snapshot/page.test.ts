import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pageText } from '../../src/snapshot/page.js';
import { axisOf, place } from '../../src/snapshot/page/axis.js';
import type { Snapshot } from '../../src/snapshot/snapshot.js';
import { presentable, visible } from '../../src/util/text.js';
import { requireProgram } from '../support/require.js';
import { makeSandbox } from '../support/sandbox.js';
import { type Browser, openBrowser } from './support/browser.js';
import { coloursAt } from './support/pixels.js';
import { ATTACKED, BAD, certificate, GOOD, HOSTILE, snapshotOf } from './support/snapshots.js';

const AXE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

let browser: Browser | undefined;
let reason: unknown;

// One browser for all tests. Each of them is skipped where there is none.
beforeAll(async () => {
  const context = { skip: (text?: string) => void (reason = text) } as Parameters<typeof requireProgram>[2];
  const chromium = requireProgram('chromium', 'chromium', context);
  if (reason === undefined) browser = await openBrowser(chromium);
});
afterAll(async () => await browser?.close());

interface Skippable {
  skip(reason: string): never;
}

interface Look {
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
  readonly change?: (text: string) => string;
}

/** Shows the page of a snapshot to the browser. */
async function show(snapshot: Snapshot, context: Skippable, look: Look = {}): Promise<Browser> {
  if (browser === undefined) return context.skip(String(reason));
  const { scheme = 'light', width = 1280, change = (text: string) => text } = look;
  const file = makeSandbox().path('page.html');
  writeFileSync(file, change(`<!doctype html>\n${pageText(snapshot)}`));
  const size = { width, height: 900, deviceScaleFactor: 1, mobile: false };
  await browser.send('Emulation.setDeviceMetricsOverride', size);
  const features = [{ name: 'prefers-color-scheme', value: scheme }];
  await browser.send('Emulation.setEmulatedMedia', { features });
  await browser.open(file);
  return browser;
}

describe('the page', () => {
  test.for([
    ['in good times', 'light', 1280, GOOD],
    ['in good times', 'dark', 390, GOOD],
    ['in bad times', 'dark', 1280, BAD],
    ['in bad times', 'light', 390, BAD],
    ['of strangers', 'light', 390, ATTACKED],
    ['of nothing', 'dark', 1280, snapshotOf([], { services: [], days: new Map() })],
  ] as const)(
    '%s, %s, %i pixels wide, has no violation of axe and no complaint, and fits',
    async ([, scheme, width, snapshot], context) => {
      const page = await show(snapshot, context, { scheme, width });
      await page.evaluate(`${AXE}; undefined`);
      const [violations, passes] = await page.evaluate<[object[], number]>(
        `axe.run().then(({ violations, passes }) =>
          [violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), passes.length])`,
      );
      expect(violations).toEqual([]);
      expect(passes).toBeGreaterThan(15);
      expect(page.complaints).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      const background = await page.evaluate('getComputedStyle(document.body).backgroundColor');
      expect(background).toBe(scheme === 'dark' ? 'rgb(16, 21, 27)' : 'rgb(245, 246, 248)');
    },
  );

  test('has what needs attention first, and then a row for each certificate, the most urgent first', async (context) => {
    const page = await show(BAD, context);
    expect(await page.evaluate('document.title')).toBe('4 certificates need attention - ocspbot');
    expect(await page.evaluate('[...document.querySelectorAll("h2")].map((one) => one.textContent)')).toEqual(
      ['Needs attention', 'Staples', 'Renewals', 'Services'],
    );
    const states = await page.evaluate<string[]>(
      '[...document.querySelectorAll(".row .tag")].map((one) => one.textContent)',
    );
    expect(states.slice(0, 5)).toEqual(['revoked', 'missing', 'missing', 'critical', 'due']);
    expect(states).toHaveLength(BAD.certificates.length);
    const services = await page.evaluate('document.querySelector(".two").innerText');
    expect(services).toMatch(/renewed, 12 failed attempts in six weeks/);
    expect(services).toMatch(/nginx\s+none pending\s+reloaded, 1 day 2 hours ago\s+13\s+2/);
    expect(services).toMatch(/exim\s+pending\s+failed, 1 day 2 hours ago\s+1\s+4/);
  });

  test.for(['light', 'dark'] as const)(
    'draws what is over of a lifetime and what is left, and the times of refresh and attention: %s',
    async (scheme, context) => {
      const staples = [certificate('young.example.org', 1), certificate('old.example.org', 6.2, 'critical')];
      const snapshot = snapshotOf([...staples, certificate('over.example.org', 7.5, 'critical')]);
      const page = await show(snapshot, context, { scheme });
      await page.drawn();
      const rows = await page.evaluate<{ name: string; x: number; y: number; width: number }[]>(
        `[...document.querySelectorAll('.row')].map((row) => {
          const { x, y, width } = row.querySelector('.bar').getBoundingClientRect();
          return { name: row.querySelector('bdi').textContent, x, y, width };
        })`,
      );
      const axis = axisOf(snapshot.certificates, snapshot.now);
      const points = rows.flatMap(({ name, x, y, width }) => {
        const { from, usefulUntil, refreshAt, criticalAt } = snapshot.certificates.find(
          (one) => one.name === name,
        )!.staple!;
        const at = (instant: number, pixels: number, down = 9) => ({
          x: x + (width * place(axis, instant)) / 100 + pixels,
          y: y + down,
        });
        return [
          ...[at(from, -4), at(from, 4), at(snapshot.now, -4), at(snapshot.now, 4), at(usefulUntil, -4)],
          ...[at(usefulUntil, 4), at(refreshAt, 0, 13), at(refreshAt, 5, 13), at(criticalAt, 1, 5)],
        ];
      });
      const colours = await coloursAt(page, points);
      const drawn = rows.map(({ name }, index) => [name, ...colours.slice(index * 9, index * 9 + 9)]);
      const [card, over, life, ill, mark, bad] =
        scheme === 'light'
          ? ['#ffffff', '#d3dae1', '#8fd0ab', '#f2a9a2', '#1b2430', '#b3231b']
          : ['#19202a', '#333f4d', '#2f7d55', '#8e3a36', '#f4f7fa', '#ff9d94'];
      expect(drawn.toSorted()).toEqual([
        ['old.example.org', card, over, over, ill, ill, card, card, mark, bad],
        ['over.example.org', card, over, card, card, over, card, card, mark, bad],
        ['young.example.org', card, over, over, life, life, card, card, mark, bad],
      ]);
    },
  );

  test('shows texts of strangers as texts', async (context) => {
    const page = await show(ATTACKED, context);
    expect(
      await page.evaluate('document.querySelectorAll("script, img, [onload], [onmouseover]").length'),
    ).toBe(1);
    const names = await page.evaluate(
      '[...document.querySelectorAll(".row bdi")].map((one) => one.textContent)',
    );
    expect(names).toEqual(HOSTILE.map((text) => visible(presentable(text))));
  });

  test('is searched by keyboard', async (context) => {
    const page = await show(BAD, context);
    await page.send('Input.dispatchKeyEvent', { type: 'keyDown', key: 'Tab', code: 'Tab' });
    expect(await page.evaluate('document.activeElement.id')).toBe('q');
    await page.send('Input.insertText', { text: 'MISSING  payments' });
    const shown = '[...document.querySelectorAll(".row")].filter((one) => one.checkVisibility()).length';
    expect(await page.evaluate(shown)).toBe(1);
    expect(await page.evaluate('document.querySelector("output").textContent')).toBe('1 of 13');
    await page.evaluate('document.activeElement.select()');
    await page.send('Input.insertText', { text: 'no such certificate' });
    expect(await page.evaluate(shown)).toBe(0);
  });

  test('says that it is old', async (context) => {
    const fresh = await show({ ...GOOD, now: Date.now() }, context);
    expect(await fresh.evaluate('document.getElementById("old").checkVisibility()')).toBe(false);
    const old = await show({ ...GOOD, now: Date.now() - 5 * 3_600_000 }, context);
    expect(await old.evaluate('document.getElementById("old").innerText')).toMatch(
      /^This page is 5 hours old/,
    );
  });

  test('is readable without scripts, and lets no other script or style in', async (context) => {
    const foreign = '<style>body{display:none}</style><script>document.title = "foreign"</script></main>';
    const attacked = await show(BAD, context, { change: (text) => text.replace('</main>', foreign) });
    expect(await attacked.evaluate('document.title')).not.toBe('foreign');
    expect(await attacked.evaluate('document.body.checkVisibility()')).toBe(true);
    expect(attacked.complaints).toHaveLength(2);
    await attacked.send('Emulation.setScriptExecutionDisabled', { value: true });
    const still = await show(BAD, context);
    await still.send('Emulation.setScriptExecutionDisabled', { value: false });
    const text = await still.evaluate<string>('document.querySelector("main").textContent');
    for (const { name } of BAD.certificates) expect(text).toContain(name);
    expect(await still.evaluate('document.querySelector(".search").checkVisibility()')).toBe(false);
  });
});
