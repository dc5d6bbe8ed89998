import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readConfiguration } from '../../src/configuration/read.js';
import { checkSnapshot } from '../../src/snapshot/check.js';
import { snapshotToJson } from '../../src/snapshot/json.js';
import { metricsText } from '../../src/snapshot/metrics.js';
import { pageText } from '../../src/snapshot/page.js';
import { pluginText } from '../../src/snapshot/plugin.js';
import { isAttentionNeeded } from '../../src/snapshot/snapshot.js';
import { takeSnapshot } from '../../src/snapshot/take.js';
import { snapshotText } from '../../src/snapshot/text.js';
import { relieveMemory } from '../../src/system/memory.js';
import type { System } from '../../src/system/system.js';
import { realTools } from '../installation/support/tools.js';
import { makeStaple, TIMES } from '../command/support/staples.js';
import { openTestPki } from '../command/support/test-pki.js';
import { DAY, HOUR, NOW } from '../command/support/times.js';
import { makeSandbox } from '../support/sandbox.js';

const pki = openTestPki();
const SKEW = HOUR / 12;

/** The bad staples, which are good at no time. */
const BAD = [
  'missing',
  'empty',
  'text',
  'truncated',
  'corrupt',
  'foreign',
  'revoked',
  'unknown',
  'huge',
] as const;
const GOOD = ['fresh', 'due', 'critical', 'expired', 'ahead'] as const;

interface Row {
  readonly state: string;
  readonly urgency: string;
}

test('all shapes agree at any time, and no certificate without a good staple is told as good in any of them', () => {
  const sandbox = makeSandbox();
  const end = NOW + 20 * DAY;
  const domains = Object.fromEntries(
    [...BAD, ...GOOD].map((staple) => {
      const certificate = pki.issue({ notAfter: end, mustStaple: staple === 'due' });
      const entry = sandbox.writeCertificate(staple, certificate);
      const bytes = makeStaple(staple, pki, certificate);
      if (bytes !== undefined) sandbox.write(`ocsp/${entry.ocsp}`, bytes);
      return [staple, entry];
    }),
  );
  const none = pki.issue({ ocspUrls: [], notAfter: end });
  sandbox.writeConfiguration({
    ocsp_folder: 'ocsp',
    domains: { ...domains, none: sandbox.writeCertificate('none', none) },
  });
  const system = {
    ...realTools(),
    environment: {},
    workingFolder: sandbox.folder,
    relieveMemory,
  } as unknown as System;
  const configuration = readConfiguration('ocspbot.yaml', system);
  const names = configuration.entries.map(({ name }) => name);

  /** Reports whether a staple says good at a time, by what was put into it. */
  const isGood = (name: string, now: number): boolean => {
    const times = GOOD.find((one) => one === name) && TIMES[name as (typeof GOOD)[number]];
    return times !== undefined && now < end && NOW + times[0] - SKEW <= now && now < NOW + times[1];
  };
  const limits = { warning: undefined, critical: undefined, runWarning: undefined, runCritical: undefined };

  fc.assert(
    fc.property(
      fc.integer({ min: NOW - 20 * DAY, max: NOW + 40 * DAY }),
      fc.subarray(names, { minLength: 1 }),
      fc.boolean(),
      (now, only, isClockWrong) => {
        // A clock that is before the time at which the program was built is wrong.
        const moment = { now, earliest: isClockWrong ? now + DAY : 0, clock: () => now };
        const snapshot = takeSnapshot(configuration, { only, match: [] }, moment, system);
        const status = isAttentionNeeded(snapshot) ? 32 : 0;
        const json = snapshotToJson(snapshot, status);
        const rows = new Map<string, Row>(json.certificates.map((one) => [one.name, one]));
        const samples = samplesIn(metricsText(snapshot));
        const page = pageText(snapshot);
        const table = snapshotText(snapshot, 200).map((spans) => spans.map(({ text }) => text).join(''));
        const verdict = checkSnapshot(snapshot, limits);
        const plugin = pluginText(verdict, snapshot, limits, 'verbose');
        const pressing = [...rows.values()].filter(({ urgency }) => urgency === 'person').length;

        for (const name of only) {
          const { state, urgency } = rows.get(name) as Row;
          expect(table.find((line) => line.startsWith(`${name} `))).toContain(` ${state}`);
          expect(page).toMatch(new RegExp(`<bdi>${name}</bdi> <span class="tag [a-z]*">${state}</span>`));
          expect(samples.get(`certificate_state{${name},${state}}`)).toBe(1);
          expect(samples.get(`certificate_attention{${name}}`)).toBe(urgency === 'person' ? 1 : 0);
          if (isClockWrong) expect([name, urgency]).toEqual([name, 'person']);
          if (name === 'none') continue;
          // Nothing that is not stapled is told as good.
          const isStapled = isGood(name, now);
          expect([name, samples.get(`staple_usable{${name}}`)]).toEqual([name, isStapled ? 1 : 0]);
          if (isStapled) continue;
          expect([name, urgency]).toEqual([name, 'person']);
          expect(plugin).toContain(`CRITICAL ${name}: ${state}: `);
        }
        expect(json.needs_person).toBe(pressing > 0);
        expect(verdict.level === 'critical').toBe(pressing > 0);
        expect(plugin).toContain(` attention=${pressing};;0;0`);
        expect(page).toContain(`<title>${pressing === 0 ? 'No' : pressing} certificate`);
        const expected = only.filter((name) => name !== 'none');
        if (verdict.level === 'ok')
          expect(expected.length > 0 && expected.every((name) => isGood(name, now))).toBe(true);
        if (!expected.every((name) => isGood(name, now))) expect(plugin).toMatch(/ left=0s;/);
      },
    ),
    { numRuns: 60 },
  );
});

/** Returns the values of samples by their names and the values of their labels. */
function samplesIn(text: string): Map<string, number> {
  const samples = text.matchAll(/^ocspbot_(\w+)\{configuration="[^"]*",?(.*)\} (\S+)$/gm);
  return new Map(
    [...samples].map(([, name, labels = '', value]) => {
      const values = [...labels.matchAll(/="([^"]*)"/g)].map(([, one]) => one);
      return [`${name}{${values.join(',')}}`, Number(value)];
    }),
  );
}
