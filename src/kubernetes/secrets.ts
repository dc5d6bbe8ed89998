import { equalBytes } from '../util/bytes.js';
import { isRecord, type JsonRecord } from '../util/json.js';
import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import type { Api } from './api.js';
import { redactPem } from './redact.js';
import { notFromApi, refusedBy } from './refusal.js';
import { type ApiAnswer, type ApiRequest, EVERYWHERE } from './request.js';

/** A TLS Secret without its private key, in the version that was read. */
export interface Secret {
  readonly namespace: string;
  readonly name: string;
  readonly resourceVersion: string;
  /** True if the API server lets nobody change it. */
  readonly isImmutable: boolean;
  /** tls.crt: the certificate, followed by its issuers. */
  readonly certificates: Uint8Array;
  /** tls.ocsp-staple; undefined if the Secret has none. */
  readonly staple: Uint8Array | undefined;
}

export const STAPLE_KEY = 'tls.ocsp-staple';
/** Secrets in an answer: each has up to 1 MiB. */
const PAGE = 25;
/** Tries of a list that expires, and of a patch that meets other writers. */
const TRIES = 5;

/** Lists the TLS Secrets of a namespace. A list that expires between two pages (410) begins again. */
export async function listSecrets(
  namespace: string,
  labels: string | undefined,
  api: Api,
): Promise<Secret[]> {
  const query = {
    fieldSelector: 'type=kubernetes.io/tls',
    limit: String(PAGE),
    ...(labels === undefined ? {} : { labelSelector: labels }),
  };
  const request: ApiRequest = { verb: 'list', namespace, query };
  for (let left = TRIES; ; left -= 1) {
    const listed = await listOnce(request, api);
    if ('secrets' in listed) return listed.secrets;
    if (listed.status !== 410 || left === 1) throw refusedBy(listed, request);
  }
}

async function listOnce(request: ApiRequest, api: Api): Promise<ApiAnswer | { readonly secrets: Secret[] }> {
  const secrets: Secret[] = [];
  const seen = new Set<string>();
  for (let next = ''; ;) {
    const query = { ...request.query, ...(next === '' ? {} : { continue: next }) };
    const answer = await api.send({ ...request, query });
    if (answer.status !== 200) return answer;
    for (const secret of secretsIn(answer, request)) secrets.push(secret);
    next = textIn(recordIn(answer.body, 'metadata'), 'continue');
    if (next === '') return { secrets };
    if (seen.has(next) || Math.max(seen.size, secrets.length) >= LIMITS.secrets)
      throw notFromApi(request, 'has no end');
    seen.add(next);
  }
}

function secretsIn({ body }: ApiAnswer, request: ApiRequest): Secret[] {
  const { items } = body;
  return (Array.isArray(items) ? items : []).map((item) => {
    const secret = isRecord(item) ? secretOf(item) : undefined;
    if (secret !== undefined && [EVERYWHERE, secret.namespace].includes(request.namespace)) return secret;
    throw notFromApi(request, 'has a Secret without a proper name, namespace or resourceVersion');
  });
}

/**
 * Writes a response to a Secret, if nobody else has changed its certificate or staple since it was read. The server
 * compares the resourceVersion: after another change (409) the Secret is read anew.
 */
export async function patchStaple(secret: Secret, staple: Uint8Array, api: Api): Promise<void> {
  const { namespace, name } = secret;
  const data = { [STAPLE_KEY]: Buffer.from(staple).toString('base64') };
  let { resourceVersion } = secret;
  for (let left = TRIES; ; left -= 1) {
    const patch = { metadata: { resourceVersion }, data };
    const query = { fieldManager: 'ocspbot' };
    const request: ApiRequest = { verb: 'patch', namespace, name, query, patch };
    const answer = await api.send(request);
    if (answer.status === 200) return;
    if (answer.status === 404) throw deleted(secret);
    if (answer.status !== 409 || left === 1) throw refusedBy(answer, request);
    const fresh = await readAgain(secret, api);
    // The patch may have been made although its answer did not arrive.
    if (equalBytes(fresh.staple ?? NOTHING, staple)) return;
    assertUnchanged(secret, fresh);
    ({ resourceVersion } = fresh);
  }
}

async function readAgain(secret: Secret, api: Api): Promise<Secret> {
  const { namespace, name } = secret;
  const request: ApiRequest = { verb: 'get', namespace, name };
  const answer = await api.send(request);
  if (answer.status === 404) throw deleted(secret);
  if (answer.status !== 200) throw refusedBy(answer, request);
  const fresh = secretOf(answer.body);
  if (fresh === undefined) throw notFromApi(request, 'is not a Secret with a resourceVersion');
  return fresh;
}

function deleted({ namespace, name }: Secret): OcspbotError {
  return new OcspbotError('secret-deleted', `the Secret ${namespace}/${name} was deleted meanwhile`);
}

/** Throws if a Secret that was read anew has another certificate or staple now. */
function assertUnchanged(known: Secret, fresh: Secret): void {
  const hasSame = equalBytes(known.certificates, fresh.certificates);
  if (hasSame && equalBytes(known.staple ?? NOTHING, fresh.staple ?? NOTHING)) return;
  const what = hasSame ? STAPLE_KEY : 'tls.crt';
  const message = `another program changed ${what} of the Secret ${known.namespace}/${known.name} meanwhile; it is left as it is`;
  throw new OcspbotError('secret-changed', message, { hint: 'the next run looks at the Secret anew' });
}

const NOTHING = new Uint8Array();
/** Names as Kubernetes allows them (RFC 1123). They become parts of paths. */
const NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

/** Reads a Secret. Without a resourceVersion the server would not notice another writer. */
function secretOf(item: JsonRecord): Secret | undefined {
  const [metadata, data] = [recordIn(item, 'metadata'), recordIn(item, 'data')];
  const [namespace, name] = [textIn(metadata, 'namespace'), textIn(metadata, 'name')];
  const resourceVersion = textIn(metadata, 'resourceVersion');
  if (!NAME.test(namespace) || !NAME.test(name) || resourceVersion === '') return undefined;
  const staple = textIn(data, STAPLE_KEY);
  const certificates = Buffer.from(textIn(data, 'tls.crt'), 'base64');
  redactPem(certificates);
  return {
    namespace,
    name,
    resourceVersion,
    isImmutable: item['immutable'] === true,
    certificates,
    staple: staple === '' ? undefined : Buffer.from(staple, 'base64'),
  };
}

function textIn(record: JsonRecord, name: string): string {
  const value = record[name];
  return typeof value === 'string' ? value : '';
}

/** Returns an object in a JSON object; an empty one if there is none. */
function recordIn(record: JsonRecord, name: string): JsonRecord {
  const value = record[name];
  return isRecord(value) ? value : {};
}
