import type { Entry, Service } from '../configuration/model.js';
import type { Known, LookUp } from '../services/live-verdict.js';
import type { Installed } from '../services/push.js';
import type { Staple } from '../staple/staple.js';
import { namedUrls } from '../transport/responder.js';
import { openCase, type CaseContext } from './case.js';
import { prepare, type Prepared } from './prepare.js';

/** What lies in the files of all certificates of the configuration, read at the moment of the question. */
export interface Inventory {
  /** The usable staples of a service: of these certificates only, where names are given. */
  installedFor(service: Service, names: ReadonlySet<string> | undefined): Installed[];
  /** The entries of a service for certificates that its servers show; those of others where it has none. */
  lookUpFor(service: Service | undefined): LookUp;
}

type Ready = Extract<Prepared, { kind: 'ready' }>;

/** `prepared`: those that have been read already. A run that is about some looks at the others only here. */
export function openInventory(prepared: readonly Prepared[], context: CaseContext): Inventory {
  const { entries } = context.configuration;
  let known: readonly Ready[] | undefined;
  const all = (): readonly Ready[] => {
    const every =
      prepared.length === entries.length ? prepared : prepare(entries, context.system.files, context.now);
    return (known ??= every.filter((one) => one.kind === 'ready'));
  };
  return {
    installedFor: ({ name }, names) =>
      all()
        .filter(({ entry }) => entry.services.includes(name) && (names?.has(entry.name) ?? true))
        .flatMap((one) => usable(one, context)),
    lookUpFor: (service) => (served, stapled) => {
      const found = all().filter(({ subject }) => same(served.der, subject.certificate.der));
      const own = found.filter(({ entry }) => service !== undefined && entry.services.includes(service.name));
      const known = (own.length > 0 ? own : found).map((one) => toKnown(one, context));
      return known.find(({ staple }) => isStapled(staple, stapled)) ?? known[0];
    },
  };
}

function isStapled(staple: Staple, stapled: Uint8Array | undefined): boolean {
  return stapled !== undefined && staple.kind === 'usable' && same(staple.response.der, stapled);
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.from(one).equals(other);
}

function usable({ entry, subject }: Ready, context: CaseContext): Installed[] {
  const { staple } = openCase(entry, subject, context);
  return staple.kind === 'usable' ? [{ name: entry.name, response: staple.response }] : [];
}

function toKnown({ entry, subject }: { entry: Entry } & Pick<Ready, 'subject'>, context: CaseContext): Known {
  const { staple, responders } = openCase(entry, subject, context);
  return {
    name: entry.name,
    file: entry.ocsp,
    subject,
    staple,
    hasResponder: namedUrls(responders).length > 0,
  };
}
