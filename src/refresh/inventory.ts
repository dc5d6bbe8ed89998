import type { Certificate } from '../certificates/certificate.js';
import type { Entry, Service } from '../configuration/model.js';
import type { Known } from '../services/live-verdict.js';
import type { Installed } from '../services/push.js';
import { openCase, type CaseContext } from './case.js';
import { prepare, type Prepared } from './prepare.js';

/** What lies in the files of all certificates of the configuration, read at the moment of the question. */
export interface Inventory {
  /** The usable staples of a service: of these certificates only, where names are given. */
  installedFor(service: Service, names: ReadonlySet<string> | undefined): Installed[];
  /** The entry of a certificate that a server shows. */
  lookUp(served: Certificate): Known | undefined;
}

type Ready = Extract<Prepared, { kind: 'ready' }>;

/** `prepared`: those that have been read already. A run that is about some looks at the others only here. */
export function openInventory(prepared: readonly Prepared[], context: CaseContext): Inventory {
  const { entries } = context.configuration;
  let known: readonly Ready[] | undefined;
  const all = (): readonly Ready[] => {
    const every = prepared.length === entries.length ? prepared : prepare(entries, context.system.files);
    return (known ??= every.filter((one) => one.kind === 'ready'));
  };
  return {
    installedFor: ({ name }, names) =>
      all()
        .filter(({ entry }) => entry.services.includes(name) && (names?.has(entry.name) ?? true))
        .flatMap((one) => usable(one, context)),
    lookUp: (served) => {
      const found = all().find(({ subject }) => Buffer.from(served.der).equals(subject.certificate.der));
      return found && toKnown(found, context);
    },
  };
}

function usable({ entry, subject }: Ready, context: CaseContext): Installed[] {
  const { staple } = openCase(entry, subject, context);
  return staple.kind === 'usable' ? [{ name: entry.name, response: staple.response }] : [];
}

function toKnown({ entry, subject }: { entry: Entry } & Pick<Ready, 'subject'>, context: CaseContext): Known {
  const { staple } = openCase(entry, subject, context);
  return { name: entry.name, file: entry.ocsp, subject, staple };
}
