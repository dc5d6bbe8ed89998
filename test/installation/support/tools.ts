import { randomBytes } from 'node:crypto';
import type { Tools } from '../../../src/storage/tools.js';
import { nodeFiles } from '../../../src/system/files.js';
import { createProcesses } from '../../../src/system/processes.js';
import type { VerifiedResponse } from '../../../src/ocsp/verify/verify.js';

/** 2026-03-01T12:00:00Z */
export const NOW = Date.UTC(2026, 2, 1, 12);

/** Real files, real processes, real randomness; the time stands still. */
export function realTools(changes: Partial<Tools> = {}): Tools {
  return { files: nodeFiles, processes: createProcesses(), now: NOW, randomBytes, ...changes };
}

/** The transaction asks for the proof that bytes were judged, and then looks at nothing but the bytes. */
export function proofOf(bytes: string | Uint8Array): VerifiedResponse {
  return { der: Buffer.from(bytes) } as unknown as VerifiedResponse;
}

export function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
}
