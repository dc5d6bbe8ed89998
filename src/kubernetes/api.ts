import { join } from 'node:path';
import type { KubernetesSettings } from '../configuration/model.js';
import type { Http, HttpRequest } from '../http/types.js';
import type { Stop, System } from '../system/system.js';
import { isRecord, type JsonRecord, parseRecord } from '../util/json.js';
import { OcspbotError } from '../util/errors.js';
import { formatHostPort } from '../util/host-port.js';
import { DEFAULTS, LIMITS } from '../util/limits.js';
import { decodeText } from '../util/text.js';
import { redact } from './redact.js';

export interface ApiAnswer {
  readonly status: number;
  readonly body: JsonRecord;
}

/** The API server, as the service account of the pod reaches it. */
export interface Api {
  get(path: string): Promise<ApiAnswer>;
  /** Sends a JSON merge patch (RFC 7396). */
  patch(path: string, patch: JsonRecord): Promise<ApiAnswer>;
  close(): Promise<void>;
}

type Means = Pick<System, 'files' | 'environment' | 'openHttp'>;

/** Opens the API server that the environment of the pod names. Throws `configuration-unreadable` outside of a pod. */
export async function openApi(
  { serviceAccount }: KubernetesSettings,
  system: Means,
  stop: Stop,
): Promise<Api> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = system.environment;
  if (host === undefined || host === '') throw notInPod();
  const base = `https://${formatHostPort({ host, port: Number(port) })}`;
  const caFile = join(serviceAccount, 'ca.crt');
  const http = await system.openHttp({ connectionsPerHost: 4, caFile, stop: stop.signal });
  // The kubelet replaces the token while the pod runs.
  const token = () => readToken(join(serviceAccount, 'token'), system);
  const send = (request: Omit<HttpRequest, 'headers'>, headers: Readonly<Record<string, string>> = {}) =>
    exchange(http, { ...request, headers: { Authorization: `Bearer ${token()}`, ...ACCEPT, ...headers } });
  return {
    get: (path) => send({ method: 'GET', url: base + path }),
    patch: (path, patch) =>
      send({ method: 'PATCH', url: base + path, body: Buffer.from(JSON.stringify(patch)) }, MERGE_PATCH),
    close: () => http.close(),
  };
}

const ACCEPT = { Accept: 'application/json' };
const MERGE_PATCH = { 'Content-Type': 'application/merge-patch+json' };

async function exchange(http: Http, request: HttpRequest): Promise<ApiAnswer> {
  const { timeout, connectTimeout } = DEFAULTS.http;
  const limits = { timeout, connectTimeout, maxBody: LIMITS.kubernetesAnswer };
  const { status, body } = await http.exchange(request, limits);
  redact(body);
  return { status, body: parseRecord(body) ?? {} };
}

function readToken(path: string, { files }: Pick<System, 'files'>): string {
  try {
    return decodeText(files.read(path, LIMITS.certificateFile)).trim();
  } catch (cause) {
    const message = `${path}, the token of the service account, cannot be read`;
    const hint = 'set serviceAccountName in the pod, and do not set automountServiceAccountToken to false';
    throw new OcspbotError('file-unreadable', message, { cause, hint });
  }
}

function notInPod(): OcspbotError {
  return new OcspbotError(
    'configuration-unreadable',
    '"kubernetes" is configured, but KUBERNETES_SERVICE_HOST is not in the environment',
    { hint: 'run ocspbot in a pod of the cluster, as examples/kubernetes shows' },
  );
}

/** Makes the error of an answer that is no success. `what`: the verb of the Role, and the namespace. */
export function refusedBy({ status, body }: ApiAnswer, verb: string, namespace: string): OcspbotError {
  const said = typeof body['message'] === 'string' ? `: ${body['message']}` : '';
  const where = `the API server answers ${status} to "${verb}" of Secrets in the namespace ${namespace}`;
  return new OcspbotError('http-status', `${where}${said}`, { hint: hintFor(status, verb, namespace) });
}

function hintFor(status: number, verb: string, namespace: string): string {
  switch (status) {
    case 401:
      return 'the token of the service account is not accepted: see that the pod and its service account are of this cluster';
    case 403:
      return `add to the Role in the namespace ${namespace}: {apiGroups: [""], resources: [secrets], verbs: [${verb}]}, and bind it to the service account`;
    case 404:
      return 'see that the namespace, and the Secret in it, still exist';
    default:
      return 'the next run tries again; the message is that of the API server';
  }
}

/** Returns an object in a JSON object; an empty one if there is none. */
export function recordIn(record: JsonRecord, name: string): JsonRecord {
  const value = record[name];
  return isRecord(value) ? value : {};
}
