import type { Answer, Fetched, StapleSource } from '../../../src/client/types.js';
import { readConfiguration } from '../../../src/configuration/read.js';
import { openRun } from '../../../src/run/context.js';
import { openPreparation, type Prepared } from '../../../src/run/entries.js';
import type { RefreshOptions, RunContext, RunOrder } from '../../../src/run/types.js';
import type { LockedState } from '../../../src/state/locked-state.js';
import type { System } from '../../../src/system/system.js';
import { NOW, realTools } from '../../installation/support/tools.js';
import type { Sandbox } from '../../support/sandbox.js';

const OPTIONS: RefreshOptions = {
  only: [],
  match: [],
  force: false,
  dryRun: false,
  strict: false,
  reload: false,
};

/** Answers of a source without a network: bytes that the run judges, or what a source came to by itself. */
export type Reply = Uint8Array | Exclude<Fetched, { kind: 'good' | 'not-newer' }> | Error;

/** A source that gives each certificate its reply, and the names of those that it was asked about. */
export interface FakeSource extends StapleSource {
  readonly asked: string[];
  isClosed: boolean;
}

export function fakeSource(replies: Readonly<Record<string, Reply>>): FakeSource {
  const url = 'http://ocsp.example/';
  const source: FakeSource = {
    kind: 'responders',
    asked: [],
    isClosed: false,
    fetch: ({ entry: { name } }, judge) => {
      source.asked.push(name);
      const reply = replies[name];
      if (reply === undefined) throw new Error(`nobody was to ask about ${name}`);
      if (reply instanceof Error) return Promise.reject(reply);
      if (!(reply instanceof Uint8Array)) return Promise.resolve(reply);
      const answer: Answer = { body: reply, origin: { kind: 'responder', url } };
      return Promise.resolve({ ...judge(answer), origin: answer.origin, attempts: [] });
    },
    close: () => {
      source.isClosed = true;
      return Promise.resolve([]);
    },
  };
  return source;
}

export interface OrderOptions extends Partial<RefreshOptions> {
  /** Parts of the system that are not the real ones. */
  readonly system?: Partial<System>;
}

/** An order about all certificates of the sandbox's `ocspbot.yaml`, at NOW, with real files. */
export function makeOrder(
  sandbox: Sandbox,
  source: StapleSource,
  { system: changes = {}, ...options }: OrderOptions = {},
): RunOrder {
  const system = {
    ...realTools(),
    environment: {},
    workingFolder: sandbox.folder,
    now: () => NOW,
    breathe: () => Promise.resolve(),
    relieveMemory: () => undefined,
    limitHeapGrowth: () => undefined,
    sleep: () => Promise.resolve(),
    ...changes,
  } as unknown as System;
  const configuration = readConfiguration('ocspbot.yaml', system);
  const stop = {
    signal: new AbortController().signal,
    interruption: new AbortController().signal,
    close: () => undefined,
  };
  return {
    work: {
      entries: configuration.entries,
      prepare: openPreparation(system.files, NOW),
      expect: () => undefined,
      source,
      complaints: [],
      attention: undefined,
      notes: [],
    },
    stop,
    configuration,
    options: { ...OPTIONS, ...options },
    system,
    now: NOW,
    earliest: 0,
    clock: () => NOW,
  };
}

/** A run of an order, its only certificate, and which services it has recorded as pending a reload. */
export interface SingleRun {
  readonly run: RunContext;
  readonly prepared: Prepared;
  readonly pending: Set<string>;
}

/** Opens a run whose state is kept in memory. */
export function openSingleRun(order: RunOrder): SingleRun {
  const pending = new Set<string>();
  const [entry] = order.work.entries;
  if (entry === undefined) throw new Error('the configuration has no certificate');
  const prepared = order.work.prepare(entry);
  const change = (act: (name: string) => unknown) => (services: readonly string[]) => {
    services.forEach(act);
    return Promise.resolve();
  };
  const state: Pick<LockedState, 'before' | 'record' | 'remove'> = {
    before: { services: [], warning: undefined },
    record: change((name) => pending.add(name)),
    remove: change((name) => pending.delete(name)),
  };
  return { run: openRun(order, state as LockedState), prepared, pending };
}
