import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { TestPki } from '../../command/support/test-pki.js';
import { EXAMPLES } from '../../examples/support/machine.js';
import { startApiServer } from '../../kubernetes/support/api-server.js';
import { keyToPem } from '../../support/keys.js';
import { requireProgram } from '../../support/require.js';
import { COMMAND } from '../../support/run.js';
import type { Host } from './host.js';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Makes a host a pod of a cluster that has a Secret for the gateways, with the configuration of the examples. */
export async function enterPod(host: Host, pki: TestPki, context: { skip(): never }): Promise<void> {
  const kubectl = requireProgram('kubectl', 'kubernetes-client', context);
  const api = await startApiServer();
  const certificate = pki.issue({ subject: 'example.com' });
  const chain = certificate.pem + pki.authority.intermediate.pem;
  const data = { 'tls.crt': chain, 'tls.key': keyToPem(certificate.key) };
  api.put('example.com', { data, labels: { ocsp: 'staple' }, annotations: {} });
  host.write(`${ACCOUNT}/ca.crt`, api.ca);
  host.write(`${ACCOUNT}/token`, 'token-1');
  const configuration = configurationOfExample().replace('/state', '/var/lib/ocsp');
  host.write('/etc/ocspbot/ocspbot.yaml', host.placed(`${configuration}  service_account: ${ACCOUNT}\n`));
  const server = `--server https://localhost:${api.port} --token token-1`;
  host.stub('kubectl', `exec ${kubectl} ${server} --certificate-authority ${host.path(ACCOUNT)}/ca.crt "$@"`);
  const pod = `KUBERNETES_SERVICE_HOST=localhost KUBERNETES_SERVICE_PORT=${api.port}`;
  host.stub('ocspbot', `${pod} exec ${COMMAND} "$@"`);
}

function configurationOfExample(): string {
  const text = readFileSync(join(EXAMPLES, 'kubernetes/cronjob.yaml'), 'utf8');
  const [map] = parseAllDocuments(text).map((one) => one.toJS() as { data: Record<string, string> });
  return map?.data['ocspbot.yaml'] ?? '';
}
