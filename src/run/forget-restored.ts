import type { Entry } from '../configuration/model.js';
import { leafResponseIn } from '../ocsp/pem-chain.js';
import type { Files } from '../system/system.js';
import { equalBytes } from '../util/bytes.js';
import { LIMITS } from '../util/limits.js';
import type { RunContext } from './types.js';

/**
 * Forgets that a response was restored, after another one has replaced it or its installation has failed. The note is about
 * the response: it stays while another entry of the certificate has this response in its file.
 */
export async function forgetRestored(
  response: { readonly der: Uint8Array },
  { ocsp }: Pick<Entry, 'ocsp'>,
  { rollbacks, configuration, system }: Pick<RunContext, 'rollbacks' | 'configuration' | 'system'>,
): Promise<void> {
  if (!rollbacks.has(response)) return;
  const others = configuration.entries.filter((other) => other.ocsp !== ocsp);
  if (others.some((other) => holds(other.ocsp, response.der, system.files))) return;
  await rollbacks.forget(response);
}

function holds(path: string, der: Uint8Array, files: Pick<Files, 'read'>): boolean {
  try {
    return equalBytes(leafResponseIn(files.read(path, LIMITS.stapleFile)), der);
  } catch {
    return false;
  }
}
