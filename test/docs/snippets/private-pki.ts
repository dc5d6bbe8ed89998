import { expect } from 'vitest';
import type { TestPki } from '../../command/support/test-pki.js';
import { freePort } from '../../support/port.js';
import { prints, startServer } from '../../servers/support/server.js';
import { keyToPem } from '../../support/ca.js';
import { makeHost } from '../support/host.js';
import type { Block } from '../support/markdown.js';
import type { SnippetTests } from './snippet-tests.js';

export const PRIVATE_PKI: SnippetTests = {
  "docs/private-pki.md: cat > responder.cnf <<'EOF'": answers,
};

/** The responder that the commands start answers as ocspbot wants it, also after something else was sent to it. */
async function answers({ text }: Block, pki: TestPki): Promise<void> {
  const host = makeHost(pki);
  const { sandbox } = host.machine.workspace;
  const { intermediate } = pki.authority;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const certificate = pki.issue({ ocspUrls: [url] });
  sandbox.write('issuer.pem', intermediate.pem);
  sandbox.write('issuer.key', keyToPem(intermediate.key));
  sandbox.write('index.txt', `V\t491231235959Z\t\t${certificate.serialHex}\tunknown\t/CN=example.com\n`);
  sandbox.write('fullchain.pem', certificate.pem + intermediate.pem);
  const commands = `set -e; cd '${sandbox.folder}'\n${text.replace('-port 8080', `-port ${port}`)}`;
  await startServer(['/bin/sh', '-c', commands], prints(/^ACCEPT /m));
  const fetched = await host.shell(
    `ocspbot fetch fullchain.pem --responder https://127.0.0.1:${port} > no.der; ocspbot fetch fullchain.pem > ocsp.der`,
  );
  expect(fetched.status).toBe(0);
  expect(await host.shell('ocspbot verify ocsp.der --cert fullchain.pem --issuer issuer.pem')).toMatchObject({
    status: 0,
    stderr: '',
  });
}
