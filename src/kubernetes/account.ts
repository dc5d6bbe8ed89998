import { join } from 'node:path';
import type { System } from '../system/system.js';
import { OcspbotError } from '../util/errors.js';
import { formatHostPort } from '../util/host-port.js';
import { LIMITS } from '../util/limits.js';
import { decodeText } from '../util/text.js';

/** Returns the URL of the API server that the environment of a pod names. Throws `configuration-unreadable` elsewhere. */
export function serverUrl({ environment }: Pick<System, 'environment'>): string {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = environment;
  if (host === undefined || host === '')
    throw outsideOfPod('"kubernetes" is configured, but KUBERNETES_SERVICE_HOST is not in the environment');
  const number = port === undefined || port === '' ? 443 : /^\d{1,5}$/.test(port) ? Number(port) : 0;
  const url = `https://${formatHostPort({ host, port: number })}`;
  if (number < 1 || !URL.canParse(url))
    throw outsideOfPod(
      'KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT in the environment are not a host and a port',
    );
  return url;
}

function outsideOfPod(message: string): OcspbotError {
  return new OcspbotError('configuration-unreadable', message, {
    hint: 'run ocspbot in a pod of the cluster, as examples/kubernetes shows',
  });
}

/** Reads the token, which the kubelet replaces while the pod runs. Throws `file-unreadable`. */
export function readToken(serviceAccount: string, { files }: Pick<System, 'files'>): string {
  const path = join(serviceAccount, 'token');
  const token = read(path, files).trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new OcspbotError('file-unreadable', `${path} holds no token of a service account`, { hint: HINT });
}

const HINT = 'set serviceAccountName in the pod, and do not set automountServiceAccountToken to false';

function read(path: string, files: System['files']): string {
  try {
    return decodeText(files.read(path, LIMITS.certificateFile));
  } catch (cause) {
    const message = `${path}, the token of the service account, cannot be read`;
    throw new OcspbotError('file-unreadable', message, { cause, hint: HINT });
  }
}
