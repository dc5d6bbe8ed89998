/** Tells which configuration a folder of state belongs to. */
export interface Origin {
  /** As callers name it, absolute. */
  readonly path: string;
  /** Without links. */
  readonly realPath: string;
}

export const ORIGIN_FILE = 'configuration.json';

export function encodeOrigin({ path, realPath }: Origin): string {
  return `${JSON.stringify({ schema: 1, path, real_path: realPath })}\n`;
}

/** Returns undefined for everything that encodeOrigin() does not write. */
export function decodeOrigin(bytes: Uint8Array): Origin | undefined {
  try {
    const value = JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown> | null;
    const { path, real_path: realPath } = value ?? {};
    return typeof path === 'string' && typeof realPath === 'string' ? { path, realPath } : undefined;
  } catch {
    return undefined;
  }
}
