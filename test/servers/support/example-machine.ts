import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { keyToPem } from '../../support/ca.js';
import type { Example, ExampleServer } from './example-server.js';

export const EXAMPLES = join(import.meta.dirname, '../../../examples/servers');

export function readExample(name: string): string {
  return readFileSync(join(EXAMPLES, name), 'utf8');
}

interface Entry {
  readonly name: string;
  readonly cert: string;
  readonly staple: string;
}

/** The one certificate of an example. */
export function entryOf(yaml: string): Entry {
  const { ocsp_folder: folder, domains } = parse(yaml) as {
    readonly ocsp_folder: string;
    readonly domains: Readonly<Record<string, { readonly cert: string; readonly ocsp: string }>>;
  };
  const [[name, { cert, ocsp }]] = Object.entries(domains) as [[string, { cert: string; ocsp: string }]];
  return { name, cert, staple: `${folder}/${ocsp}` };
}

interface Parts {
  readonly cert: string;
  readonly yaml: string;
  readonly ports: readonly (readonly [string, string])[];
}

export function writeMachine(server: ExampleServer, example: Example, { cert, yaml, ports }: Parts): void {
  const { sandbox, certificate } = example;
  const write = (path: string, text: string, mode: number) => sandbox.write(path.slice(1), text, mode);
  const key = keyToPem(certificate.key);
  const chain = certificate.pem + (certificate.issuer?.pem ?? '');
  if (server.key === undefined) write(cert, chain + key, 0o600);
  else {
    write(cert, chain, 0o644);
    write(server.key, key, 0o600);
  }
  for (const folder of ['/var/lib/ocsp', '/run/haproxy']) write(`${folder}/.keep`, '', 0o644);
  for (const [file, place] of Object.entries({ ...server.files, [server.yaml]: '/ocspbot.yaml' })) {
    const text = file === server.yaml ? yaml : readExample(file);
    write(place, adapt(text, sandbox.folder, ports), 0o755);
  }
  for (const [place, text] of Object.entries(server.machine?.(example) ?? {})) write(place, text, 0o755);
  server.prepare?.(example);
}

/** An example with the paths and ports of this machine, and no other change. */
function adapt(text: string, folder: string, ports: Parts['ports']): string {
  const moved = text.replaceAll(/(?<![\w.*])\/(?=(?:etc|run|usr\/local|var\/lib)\/)/g, `${folder}/`);
  return ports.reduce((result, [from, to]) => result.replaceAll(from, to), moved);
}
