// The TLS Secrets of a cluster, as certificates of a run. A run works on files: certificates and staples of the Secrets are
// copied to the state folder first, without private keys. A new staple is written to the Secret just before its copy.

import { dirname, join } from 'node:path';
import type { Configuration, Entry, KubernetesSettings } from '../configuration/model.js';
import type { Stop, System } from '../system/system.js';
import { describe, OcspbotError, toOcspbotError } from '../util/errors.js';
import { type Api, openApi } from './api.js';
import { listSecrets, patchStaple, type Secret } from './secrets.js';

/** The Secrets that a run looks after. */
export interface Secrets {
  readonly entries: readonly Entry[];
  /** Says which namespaces could not be listed. */
  readonly complaints: readonly string[];
  /** Writes a verified response to the Secret of an entry; does nothing for an entry of files. */
  publish(entry: Pick<Entry, 'name'>, staple: Uint8Array): Promise<void>;
  /** Explains an error of the files of an entry in terms of its Secret. */
  explain(entry: Pick<Entry, 'name'>, error: OcspbotError): OcspbotError;
  close(): Promise<void>;
}

/** Reads the Secrets that the settings select. A namespace that cannot be listed is a complaint. */
export async function openSecrets(
  settings: KubernetesSettings,
  configuration: Pick<Configuration, 'file' | 'stateFolder'>,
  system: System,
  stop: Stop,
): Promise<Secrets> {
  const api = await openApi(settings, system, stop);
  try {
    const { secrets, complaints } = await listAll(settings, api);
    const known = new Map<string, Secret>();
    const entries: Entry[] = [];
    for (const secret of secrets) {
      const entry = entryOf(secret, configuration);
      known.set(entry.name, secret);
      await copy(secret, entry, system);
      entries.push(entry);
    }
    return {
      entries,
      complaints,
      publish: async ({ name }, staple) => {
        const secret = known.get(name);
        if (secret !== undefined) await patchStaple(secret, staple, api);
      },
      explain: ({ name }, error) => (known.has(name) ? inTermsOfSecret(name, error) : error),
      close: () => api.close(),
    };
  } catch (error) {
    await api.close();
    throw error;
  }
}

async function listAll(settings: KubernetesSettings, api: Api) {
  const [secrets, complaints]: [Secret[], string[]] = [[], []];
  for (const namespace of settings.namespaces) {
    try {
      secrets.push(...(await listSecrets(namespace, settings, api)));
    } catch (error) {
      const { hint } = toOcspbotError(error);
      complaints.push(`${describe(error)}${hint === undefined ? '' : `: ${hint}`}`);
    }
  }
  return { secrets, complaints };
}

/** Makes the entry of a Secret. No service is reloaded: gateways watch their Secrets. */
function entryOf(
  { namespace, name }: Secret,
  { file, stateFolder }: Pick<Configuration, 'file' | 'stateFolder'>,
): Entry {
  const base = join(stateFolder, 'kubernetes', namespace, name);
  return {
    name: `${namespace}/${name}`,
    cert: `${base}.crt`,
    chain: undefined,
    rootchain: undefined,
    ocsp: `${base}.ocsp`,
    responder: undefined,
    services: [],
    position: { file, line: 1, column: 1 },
  };
}

async function copy({ certificates, staple }: Secret, { cert, ocsp }: Entry, system: System): Promise<void> {
  const { files } = system;
  await files.makeFolder(dirname(cert), 0o700);
  for (const [path, bytes] of [
    [cert, certificates],
    [ocsp, staple],
  ] as const) {
    if (files.facts(path) !== undefined) await files.remove(path);
    if (bytes !== undefined) await files.create({ path, bytes, mode: 0o600, fleeting: true });
  }
}

function inTermsOfSecret(name: string, error: OcspbotError): OcspbotError {
  const { code, message, cause } = error;
  if (code !== 'issuer-not-found')
    return new OcspbotError(code, `tls.crt of the Secret ${name}: ${message}`, { hint: error.hint, cause });
  return new OcspbotError(code, `tls.crt of the Secret ${name} has no certificate of the issuer`, {
    hint: 'write the whole chain to tls.crt: the certificate, followed by that of its issuer',
    cause,
  });
}
