import type { KubernetesSettings } from '../configuration/model.js';
import { equalBytes } from '../util/bytes.js';
import { isRecord, type JsonRecord } from '../util/json.js';
import { OcspbotError } from '../util/errors.js';
import { type Api, recordIn, refusedBy } from './api.js';

/** A TLS Secret without its private key, in the version that was read. */
export interface Secret {
  readonly namespace: string;
  readonly name: string;
  readonly resourceVersion: string;
  /** tls.crt: the certificate, followed by its issuers. */
  readonly certificates: Uint8Array;
  /** tls.ocsp-staple; undefined if the Secret has none. */
  readonly staple: Uint8Array | undefined;
}

const STAPLE_KEY = 'tls.ocsp-staple';
/** Secrets in an answer: each has up to 1 MiB. */
const PAGE = 25;
/** Tries of a list that expires, and of a patch that meets other writers. */
const TRIES = 5;

/** Lists the TLS Secrets of a namespace. A list that expires between two pages (410) begins again. */
export async function listSecrets(
  namespace: string,
  { labels }: KubernetesSettings,
  api: Api,
): Promise<Secret[]> {
  for (let left = TRIES; ; left -= 1) {
    const listed = await listOnce(namespace, labels, api);
    if ('secrets' in listed) return listed.secrets;
    if (listed.status !== 410 || left === 1) throw refusedBy(listed, 'list', namespace);
  }
}

async function listOnce(namespace: string, labels: string | undefined, api: Api) {
  const secrets: Secret[] = [];
  let next = '';
  do {
    const query = new URLSearchParams({
      fieldSelector: 'type=kubernetes.io/tls',
      limit: String(PAGE),
      ...(labels === undefined ? {} : { labelSelector: labels }),
      ...(next === '' ? {} : { continue: next }),
    });
    const answer = await api.get(`${folderOf(namespace)}?${query.toString()}`);
    if (answer.status !== 200) return answer;
    const { items } = answer.body;
    for (const item of Array.isArray(items) ? items : []) {
      const secret = isRecord(item) ? secretOf(item) : undefined;
      if (secret?.namespace === namespace) secrets.push(secret);
    }
    next = textIn(recordIn(answer.body, 'metadata'), 'continue');
  } while (next !== '');
  return { secrets };
}

/**
 * Writes a response to a Secret, if nobody else has changed its certificate or staple since it was read. The server
 * compares the resourceVersion: after another change (409) the Secret is read anew.
 */
export async function patchStaple(secret: Secret, staple: Uint8Array, api: Api): Promise<void> {
  const path = `${folderOf(secret.namespace)}/${secret.name}`;
  let { resourceVersion } = secret;
  for (let left = TRIES; ; left -= 1) {
    const data = { [STAPLE_KEY]: Buffer.from(staple).toString('base64') };
    const answer = await api.patch(`${path}?fieldManager=ocspbot`, { metadata: { resourceVersion }, data });
    if (answer.status === 200) return;
    if (answer.status !== 409 || left === 1) throw refusedBy(answer, 'patch', secret.namespace);
    const fresh = await api.get(path);
    if (fresh.status !== 200) throw refusedBy(fresh, 'get', secret.namespace);
    resourceVersion = unchangedVersion(secret, secretOf(fresh.body));
  }
}

/** Returns the version of a Secret that was read anew. Throws if it has another certificate or staple now. */
function unchangedVersion(known: Secret, fresh: Secret | undefined): string {
  const hasSame = fresh !== undefined && equalBytes(known.certificates, fresh.certificates);
  if (hasSame && equalBytes(known.staple ?? NOTHING, fresh.staple ?? NOTHING)) return fresh.resourceVersion;
  const what = hasSame ? STAPLE_KEY : 'tls.crt';
  const message = `another program changed ${what} of the Secret ${known.namespace}/${known.name} meanwhile; it is left as it is`;
  throw new OcspbotError('write-failed', message, { hint: 'the next run looks at the Secret anew' });
}

const NOTHING = new Uint8Array();
/** Names as Kubernetes allows them (RFC 1123). They become parts of paths. */
const NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

function secretOf(item: JsonRecord): Secret | undefined {
  const [metadata, data] = [recordIn(item, 'metadata'), recordIn(item, 'data')];
  const [namespace, name] = [textIn(metadata, 'namespace'), textIn(metadata, 'name')];
  if (!NAME.test(namespace) || !NAME.test(name)) return undefined;
  const staple = textIn(data, STAPLE_KEY);
  return {
    namespace,
    name,
    resourceVersion: textIn(metadata, 'resourceVersion'),
    certificates: Buffer.from(textIn(data, 'tls.crt'), 'base64'),
    staple: staple === '' ? undefined : Buffer.from(staple, 'base64'),
  };
}

function textIn(record: JsonRecord, name: string): string {
  const value = record[name];
  return typeof value === 'string' ? value : '';
}

function folderOf(namespace: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
}
