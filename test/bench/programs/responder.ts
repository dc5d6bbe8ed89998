/** `responder FOLDER PORT`: serves the prepared responses, and prints how it was asked at SIGTERM. */
import { readFileSync, readdirSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Cursor, TAG, readElement, sequence } from '../../../src/x509/der.js';

const [folder = '', port = ''] = process.argv.slice(2);
const answers = new Map(
  readdirSync(folder).map((name) => [name.replace('.der', ''), readFileSync(join(folder, name))] as const),
);
let connections = 0;
let requests = 0;

const server = createServer(async (message, response) => {
  requests += 1;
  const answer = answers.get(serialOf(await questionOf(message)));
  response.writeHead(answer ? 200 : 404, { 'content-type': 'application/ocsp-response' }).end(answer);
});
server.on('connection', () => (connections += 1));
server.keepAliveTimeout = 60_000;
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'));

process.once('SIGTERM', () => {
  process.stdout.write(`${JSON.stringify({ connections, requests })}\n`);
  process.exit();
});

async function questionOf(message: IncomingMessage): Promise<Uint8Array> {
  if (message.method === 'GET') return Buffer.from(decodeURIComponent(message.url?.slice(1) ?? ''), 'base64');
  const chunks: Uint8Array[] = [];
  for await (const chunk of message) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/** OCSPRequest, TBSRequest, requestList, Request, CertID (RFC 6960 §4.1.1), whose last part it is. */
function serialOf(request: Uint8Array): string {
  let element = readElement(request);
  for (let depth = 0; depth < 4; depth++)
    element = new Cursor(element, 'a request').next(TAG.sequence, 'its part');
  const fields = sequence(element, 'a CertID');
  fields.any();
  fields.any();
  fields.any();
  return Buffer.from(fields.next(TAG.integer, 'serialNumber').content).toString('hex');
}
