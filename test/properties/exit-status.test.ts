import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ExitBit, Service } from '../../src/configuration/model.js';
import { EXIT, servicesOf, statusOf } from '../../src/report/exit-status.js';

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,6}$/);
const exitBit = fc.constantFrom<ExitBit>(2, 4, 8, 16);
const ways: Omit<Service, 'name' | 'exitBit'> = { reload: [], test: [], runtimeSockets: [], live: [] };
const service: fc.Arbitrary<Service> = fc.record({ name, exitBit }).map((own) => ({ ...own, ...ways }));
const services = fc.uniqueArray(service, { selector: ({ name }) => name, maxLength: 12 });
const settings = services.chain((services) =>
  fc.record({
    services: fc.constant(services),
    reload: fc.subarray(services.map(({ name }) => name)),
    strangers: fc.array(name.map((text) => `${text}!`)),
    needsPerson: fc.boolean(),
  }),
);

test('a status is even and below 64, and never one of an error', () => {
  fc.assert(
    fc.property(settings, ({ services, reload, strangers, needsPerson }) => {
      const status = statusOf([...reload, ...strangers], services, needsPerson);
      expect(status).toBeGreaterThanOrEqual(0);
      expect(status).toBeLessThanOrEqual(63);
      expect(status % 2).toBe(0);
      expect((status & EXIT.attention) !== 0).toBe(needsPerson);
      expect((status & EXIT.allBits) !== 0).toBe(reload.length + strangers.length > 0);
    }),
  );
});

test('a status names every service to reload, and besides only those that share a bit with one', () => {
  fc.assert(
    fc.property(settings, ({ services, reload, needsPerson }) => {
      const named = servicesOf(statusOf(reload, services, needsPerson), services);
      expect(named).toEqual(expect.arrayContaining(reload));
      const bits = new Set(services.flatMap(({ name, exitBit }) => (reload.includes(name) ? [exitBit] : [])));
      expect(named).toEqual(services.flatMap(({ name, exitBit }) => (bits.has(exitBit) ? [name] : [])));
    }),
  );
});

test('the status of several runs together is that of all their services', () => {
  fc.assert(
    fc.property(settings, settings, (one, other) => {
      const of = (reload: readonly string[]) => statusOf(reload, one.services, false);
      const reload = other.reload;
      expect(of(one.reload) | of(reload)).toBe(of([...one.reload, ...reload]));
    }),
  );
});

test('a status of an error names no service', () => {
  fc.assert(
    fc.property(services, fc.integer({ min: 64, max: 255 }), (services, status) => {
      expect(servicesOf(status, services)).toEqual([]);
    }),
  );
});

test('an odd status names no service', () => {
  fc.assert(
    fc.property(services, fc.integer({ min: 0, max: 127 }), (services, half) => {
      expect(servicesOf(2 * half + 1, services)).toEqual([]);
    }),
  );
});
