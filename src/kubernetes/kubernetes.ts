// The TLS Secrets of a cluster, as certificates of a run. A run works on files: certificates and staples of the Secrets are
// copied to the state folder first, without private keys. A new staple is written to the Secret just before its copy.

import type { Entry, KubernetesSettings } from '../configuration/model.js';
import type { Tools } from '../storage/tools.js';
import type { Stop, System } from '../system/system.js';
import { describe, OcspbotError, toOcspbotError } from '../util/errors.js';
import type { Instant } from '../util/time.js';
import { type Api, openApi } from './api.js';
import { copy, type CopySettings, entryOf, removeOthers } from './copies.js';
import { EVERYWHERE } from './request.js';
import { listSecrets, patchStaple, type Secret, STAPLE_KEY } from './secrets.js';

/** The Secrets that a run looks after. */
export interface Secrets {
  readonly entries: readonly Entry[];
  /** Says which namespaces could not be listed. */
  readonly complaints: readonly string[];
  /** Says that nothing is selected. */
  readonly warnings: readonly string[];
  /** Returns why nothing can be done for an entry, whatever its certificate; undefined if something can. */
  objectionTo(entry: Entry): OcspbotError | undefined;
  /** Writes a verified response to the Secret of an entry; does nothing for an entry of files. */
  writeBack(entry: Entry, staple: Uint8Array): Promise<void>;
  /** Explains an error of the files of an entry in terms of its Secret. */
  explain(entry: Entry, error: OcspbotError): OcspbotError;
  close(): Promise<void>;
}

/** The Secret of an entry, and why nothing can be done for it. */
interface Known {
  readonly secret: Secret;
  readonly objection: OcspbotError | undefined;
}

/** Reads the Secrets that the settings select. A namespace that cannot be listed is a complaint. */
export async function openSecrets(
  settings: KubernetesSettings,
  { now, ...copies }: CopySettings & { readonly now: Instant },
  system: System,
  stop: Stop,
): Promise<Secrets> {
  const api = await openApi(settings, system, stop);
  try {
    const { secrets, complaints } = await listAll(settings, api);
    // Entries are told apart by their copies: one of the configuration may have the name of a Secret.
    const known = new Map<string, Known>();
    const entries: Entry[] = [];
    for (const secret of secrets) {
      const entry = entryOf(secret, copies);
      if (known.has(entry.cert)) continue;
      entries.push(entry);
      known.set(entry.cert, { secret, objection: await prepare(secret, entry, { ...system, now }) });
    }
    // Copies that stay do no harm.
    if (complaints.length === 0)
      await removeOthers(entries, copies, { ...system, now }).catch(() => undefined);
    return {
      entries,
      complaints,
      warnings: entries.length + complaints.length === 0 ? [nothingIn(settings)] : [],
      objectionTo: ({ cert }) => known.get(cert)?.objection,
      writeBack: async ({ cert }, staple) => {
        const found = known.get(cert);
        if (found !== undefined) await patchStaple(found.secret, staple, api);
      },
      explain: (entry, error) => (known.has(entry.cert) ? inTermsOfSecret(entry, error) : error),
      close: () => api.close(),
    };
  } catch (error) {
    await api.close();
    throw error;
  }
}

async function listAll({ namespaces, labels }: KubernetesSettings, api: Api) {
  const [secrets, complaints]: [Secret[], string[]] = [[], []];
  for (const namespace of namespaces.includes(EVERYWHERE) ? [EVERYWHERE] : namespaces) {
    try {
      for (const secret of await listSecrets(namespace, labels, api)) secrets.push(secret);
    } catch (error) {
      const { hint } = toOcspbotError(error);
      complaints.push(`${describe(error)}${hint === undefined ? '' : `: ${hint}`}`);
    }
  }
  return { secrets, complaints };
}

function nothingIn({ namespaces, labels }: KubernetesSettings): string {
  if (namespaces.length === 0) return '"kubernetes" names no namespaces: no Secret is looked after';
  const named = `the namespace${namespaces.length === 1 ? '' : 's'} ${namespaces.join(', ')}`;
  const where = namespaces.includes(EVERYWHERE) ? 'all namespaces' : named;
  const which = labels === undefined ? '' : ` with the labels ${labels}`;
  return `there is no Secret of the type kubernetes.io/tls${which} in ${where}`;
}

/** Copies a Secret. Returns why this failed, or why nothing can be done for the Secret. */
async function prepare(secret: Secret, entry: Entry, tools: Tools): Promise<OcspbotError | undefined> {
  if (secret.isImmutable) return immutable(entry);
  try {
    await copy(secret, entry, tools);
    return undefined;
  } catch (error) {
    return toOcspbotError(error);
  }
}

function immutable({ name }: Entry): OcspbotError {
  return new OcspbotError(
    'target-unsuitable',
    `the Secret ${name} is immutable: nobody can write a response to it`,
    {
      hint: 'make it again without "immutable: true", or take away the label by which it is selected',
    },
  );
}

/** Names the keys of the Secret instead of their copies. */
function inTermsOfSecret({ name, cert, ocsp }: Entry, error: OcspbotError): OcspbotError {
  const { code, cause } = error;
  const [certificates, staple] = [`tls.crt of the Secret ${name}`, `${STAPLE_KEY} of the Secret ${name}`];
  if (code === 'issuer-not-found')
    return new OcspbotError(code, `${certificates} has no certificate of the issuer`, {
      hint: 'write the whole chain to tls.crt: the certificate, followed by that of its issuer',
      cause,
    });
  const isStaple = code === 'target-unsuitable' && error.message.includes(ocsp);
  const message = error.message.replaceAll(cert, certificates).replaceAll(ocsp, staple);
  const hint = isStaple ? removal(name) : error.hint;
  return new OcspbotError(code, message, { hint, cause });
}

function removal(name: string): string {
  const [namespace = '', secret = ''] = name.split('/');
  return `if nothing needs it, remove it: kubectl -n ${namespace} patch secret ${secret} -p '{"data":{"${STAPLE_KEY}":null}}'`;
}
