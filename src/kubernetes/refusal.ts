import { OcspbotError } from '../util/errors.js';
import { printable } from '../util/text.js';
import { withoutKeys } from './redact.js';
import { type ApiAnswer, type ApiRequest, EVERYWHERE } from './request.js';

/** Characters of the API server's message that are shown. */
const SHOWN = 300;

/** Makes the error of an answer that is no success. */
export function refusedBy(answer: ApiAnswer, request: ApiRequest): OcspbotError {
  const { message } = answer.body;
  const text = typeof message === 'string' ? withoutKeys(message) : '';
  const said = text === '' ? '' : `: ${printable(text, SHOWN)}`;
  return new OcspbotError(
    'http-status',
    `the API server answers ${answer.status} to "${request.verb}" of ${nameOf(request)}${said}`,
    { hint: POLICY.test(text) ? ASK : hintFor(answer.status, request) },
  );
}

/** Makes the error of an answer that no API server gives. */
export function notFromApi(request: ApiRequest, problem: string): OcspbotError {
  return new OcspbotError(
    'http-malformed',
    `the answer of the API server to "${request.verb}" of ${nameOf(request)} ${problem}`,
    { hint: OTHER },
  );
}

/** Gives an error of the network, or of the CA file, the advice that fits a pod. */
export function notReached(error: OcspbotError): OcspbotError {
  const hint = HINTS[error.code];
  return hint === undefined ? error : new OcspbotError(error.code, error.message, { hint });
}

/** The words of admission webhooks and policies, whatever the status. */
const POLICY = /\bdenied (?:the )?request\b/;
const ASK = 'the message of the API server says what it does not allow';
const OTHER = 'see what answers there: KUBERNETES_SERVICE_HOST must lead to the API server itself';
const NETWORK =
  'see that the NetworkPolicy lets the pod reach the API server, and that KUBERNETES_SERVICE_HOST names it';
const CA_FILE =
  'ca.crt of the service account must hold the CA of the API server: see serviceAccountName and automountServiceAccountToken of the pod';

const HINTS: Readonly<Record<string, string>> = {
  'dns-failure': NETWORK,
  'connection-failed': NETWORK,
  timeout: NETWORK,
  'tls-failure': CA_FILE,
  'file-unreadable': CA_FILE,
  'not-a-certificate': CA_FILE,
  'body-too-large': 'see what answers there: a page of Secrets is smaller',
  'http-malformed': OTHER,
};

function nameOf({ namespace, name }: ApiRequest): string {
  if (name !== undefined) return `the Secret ${namespace}/${name}`;
  return namespace === EVERYWHERE ? 'the Secrets of all namespaces' : `Secrets in the namespace ${namespace}`;
}

function hintFor(status: number, { verb, namespace, name }: ApiRequest): string {
  switch (status) {
    case 400:
      return verb === 'list' ? 'see that "labels" is a label selector that "kubectl get -l" takes' : ASK;
    case 401:
      return 'the token of the service account is not accepted: see that the pod and its service account are of this cluster';
    case 403:
      return missingRight(verb, namespace);
    case 409:
      return `another program changes it all the time; see which: kubectl -n ${namespace} get secret ${name} -o yaml --show-managed-fields`;
    case 422:
      return ASK;
    default:
      return isTemporary(status)
        ? 'the API server is overloaded or out of order; the next run tries again'
        : OTHER;
  }
}

/** An API server redirects nobody, and answers other statuses to requests that ocspbot does not send. */
function isTemporary(status: number): boolean {
  return status >= 500 || status === 410 || status === 429;
}

function missingRight(verb: string, namespace: string): string {
  const rule = `{apiGroups: [""], resources: [secrets], verbs: [${verb}]}`;
  return namespace === EVERYWHERE
    ? `add to a ClusterRole: ${rule}, and bind it to the service account by a ClusterRoleBinding`
    : `add to the Role in the namespace ${namespace}: ${rule}, and bind it to the service account`;
}
