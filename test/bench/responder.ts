import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { PORT, type CertificateSet } from './certificate-sets.js';

/** The requests that a responder received. */
export interface Asked {
  readonly connections: number;
  readonly requests: number;
}

/** A responder in a process of its own, so that its work is not counted as ours. */
export async function startResponder({ folder }: CertificateSet): Promise<{ stop(): Promise<Asked> }> {
  const program = resolve('node_modules/.cache/bench/programs/responder.mjs');
  const child = spawn(process.execPath, [program, `${folder}/answers`, String(PORT)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await once(child.stdout, 'data');
  const stop = async () => {
    child.kill('SIGTERM');
    await once(child, 'close');
    return JSON.parse(output.replace('ready\n', '')) as Asked;
  };
  return { stop };
}
