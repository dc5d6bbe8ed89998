/** An object of a JSON text, none of whose fields is checked yet. */
export interface JsonRecord {
  readonly [name: string]: unknown;
}

/** Returns the object that a JSON text holds; undefined if it holds anything else, or is not JSON. */
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

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Accepts only the characters of a code such as `responder-try-later`, because messages show it. */
export function isCode(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z0-9-]{1,40}$/.test(value);
}

/** Reads an object whose values are objects, and at most so many of them. Leaves out those that `read` does not accept. */
export function readMap<T>(
  value: unknown,
  read: (record: JsonRecord) => T | undefined,
  most = Infinity,
): ReadonlyMap<string, T> {
  const records = new Map<string, T>();
  for (const [key, fields] of isRecord(value) ? Object.entries(value).slice(0, most) : []) {
    const record = isRecord(fields) ? read(fields) : undefined;
    if (record !== undefined) records.set(key, record);
  }
  return records;
}

/** Makes an object of the first entries, with at most so many of them and so many bytes of JSON. Leaves out what is too long. */
export function fitting(
  entries: Iterable<readonly [name: string, value: unknown]>,
  most: { readonly count: number; readonly bytes: number },
): object {
  const kept: (readonly [string, unknown])[] = [];
  let bytes = 0;
  for (const [name, value] of entries) {
    if (kept.length === most.count) break;
    const size = Buffer.byteLength(JSON.stringify([name, value]));
    if (bytes + size > most.bytes) continue;
    bytes += size;
    kept.push([name, value]);
  }
  return Object.fromEntries(kept);
}
