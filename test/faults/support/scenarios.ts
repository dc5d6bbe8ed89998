import { mkdirSync, symlinkSync } from 'node:fs';
import { makeAuthority, makeResponse, type TestCertificate } from '../../support/ca.js';
import { byExtent } from '../../support/campaign.js';
import type { Sandbox } from '../../support/sandbox.js';
import { DAY, HOUR, NOW } from '../../command/support/times.js';
import type { Scenario, Target } from './scenario.js';

type Times = readonly [from: number, until: number];

const DUE: Times = [-4 * DAY, 2 * DAY];
const FRESH: Times = [-HOUR, 7 * DAY];

const authority = makeAuthority();
/** A URL at which nobody listens: a run that sends a request gets no response. */
const NOBODY = 'http://127.0.0.1:9/';

interface ScenarioOptions {
  readonly names: readonly string[];
  readonly keys?: Readonly<Record<string, unknown>>;
  readonly before?: Times | undefined;
  readonly after?: Times;
  readonly args?: readonly string[];
  readonly next?: Scenario['next'];
  /** The run itself reloads the services. */
  readonly runsReloads?: boolean;
  /** Returns the path of the real file of a staple, relative to the sandbox. */
  readonly place?: (name: string) => string;
  readonly extra?: (sandbox: Sandbox, targets: readonly Target[]) => void;
}

const INSTALL = ['install', 'given', '--config', 'ocspbot.yaml'];

function makeScenario(title: string, options: ScenarioOptions): Scenario {
  const { names, keys = {}, before, after = FRESH, args = INSTALL, extra } = options;
  const place = options.place ?? ((name: string) => `ocsp/${name}.ocsp`);
  const parts = names.map((name, index) => {
    const certificate = authority.issue({ ocspUrls: [NOBODY] });
    const target: Target = {
      path: place(name),
      old: before && respond(certificate, before),
      new: respond(certificate, after),
      bit: 2 ** (index + 1),
      reloads: options.runsReloads === true ? `${name}.reloads` : undefined,
    };
    return { name, certificate, target };
  });
  const targets = parts.map(({ target }) => target);
  return {
    title,
    args,
    next: options.next ?? { args, installs: true },
    targets,
    write: (sandbox) => {
      sandbox.write('ocsp/.keep', '');
      sandbox.remove('ocsp/.keep');
      const domains: Record<string, unknown> = {};
      for (const { name, certificate, target } of parts) {
        domains[name] = { ...sandbox.writeCertificate(name, certificate), services: [name] };
        if (target.old !== undefined) sandbox.write(target.path, target.old, 0o640);
        sandbox.write(`given/${name}`, target.new);
      }
      const services = Object.fromEntries(parts.map(({ name, target }) => [name, serviceOf(target)]));
      // Certificates are refreshed one after another, so that their calls have the same order in every run.
      const common = { ocsp_folder: 'ocsp', parallel_threads: 1, services };
      sandbox.writeConfiguration({ ...common, ...keys, domains });
      extra?.(sandbox, targets);
    },
  };
}

function serviceOf({ path, bit, reloads }: Target): object {
  if (reloads === undefined) return { exit_bit: bit };
  return { exit_bit: bit, reload: ['sh', '-c', `cksum < ${path} >> ${reloads}`] };
}

function respond(certificate: TestCertificate, [from, until]: Times): Uint8Array {
  const times = { thisUpdate: NOW + from, nextUpdate: NOW + until };
  return makeResponse({ issuer: authority.intermediate, certificate, ...times });
}

const FRESH_INSTALLATION = makeScenario('a fresh installation', { names: ['a'] });

const REPLACEMENT = makeScenario('a replacement', { names: ['a'], before: DUE });

export const WITH_BACKUPS = makeScenario('a replacement with backups, and one to prune', {
  names: ['a'],
  before: DUE,
  keys: { backups: { keep: 1 } },
  extra: (sandbox) => void sandbox.write('ocsp/a.ocsp-20250101-000000', 'one of long ago'),
});

const THROUGH_A_LINK = makeScenario('through a link, with a folder of backups', {
  names: ['a'],
  before: DUE,
  keys: { backups: { folder: 'kept' } },
  place: (name) => `real/${name}.ocsp`,
  extra: (sandbox) => {
    sandbox.write('kept/.keep', '');
    symlinkSync('../real/a.ocsp', sandbox.path('ocsp/a.ocsp'));
  },
});

const TWO_SERVICES = makeScenario('two services', {
  names: ['a', 'b'],
  before: DUE,
  keys: { make_backups: true },
});

const RELOADS = makeScenario('two services that the run itself reloads', {
  names: ['a', 'b'],
  before: DUE,
  keys: { run_reloads: true },
  runsReloads: true,
});

const PUBLISHED = makeScenario('a replacement that is shown and published', {
  names: ['a'],
  before: DUE,
  keys: { html_file: 'shown/page.html', metrics_file: 'shown/metrics.prom', publish_folder: 'published' },
  extra: (sandbox) => {
    for (const folder of ['shown', 'published']) mkdirSync(sandbox.path(folder));
  },
});

export const ROLLBACK = makeScenario('a rollback', {
  names: ['a'],
  before: FRESH,
  after: DUE,
  keys: { make_backups: true },
  args: ['rollback', 'a', '--config', 'ocspbot.yaml'],
  next: { args: ['ocspbot.yaml'], installs: false },
  extra: (sandbox, [target]) => void sandbox.write('ocsp/a.ocsp-20260101-000000', target?.new ?? ''),
});

const ALL: readonly Scenario[] = [
  FRESH_INSTALLATION,
  REPLACEMENT,
  WITH_BACKUPS,
  THROUGH_A_LINK,
  TWO_SERVICES,
  RELOADS,
  PUBLISHED,
  ROLLBACK,
];
/** The scenarios that together have every step of the others. */
const DISTINCT: readonly Scenario[] = [WITH_BACKUPS, THROUGH_A_LINK, RELOADS, PUBLISHED, ROLLBACK];

/** The scenarios of a campaign. */
export const SCENARIOS = byExtent({ sample: DISTINCT, long: DISTINCT, all: ALL });
