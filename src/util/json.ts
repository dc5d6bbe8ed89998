/** An object of a JSON text, none of whose fields is checked yet. */
export interface JsonRecord {
  readonly [name: string]: unknown;
}

/** Returns the object that a JSON text holds; undefined if it holds anything else, or is no JSON. */
export function parseRecord(bytes: Uint8Array): JsonRecord | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
