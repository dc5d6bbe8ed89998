/** The fields whose text is wanted. Everything else that a Secret holds may be a private key. */
const WANTED = new Set([
  'apiVersion',
  'code',
  'continue',
  'kind',
  'message',
  'name',
  'namespace',
  'reason',
  'resourceVersion',
  'tls.crt',
  'tls.ocsp-staple',
  'type',
]);

const [QUOTE, BACKSLASH, COLON, BLANK] = [0x22, 0x5c, 0x3a, 0x20];

/**
 * Overwrites the text of every field of a JSON text that is not wanted, in place. A private key then is never part of a
 * string, which nobody could erase. Annotations go too: `kubectl apply` keeps a copy of the whole Secret in one.
 */
export function redact(json: Uint8Array): void {
  let key = '';
  for (let at = json.indexOf(QUOTE); at >= 0; at = json.indexOf(QUOTE, at + 1)) {
    const end = endOfString(json, at);
    if (isKey(json, end)) key = end - at > 100 ? '' : Buffer.from(json.subarray(at + 1, end)).toString();
    else if (!WANTED.has(key)) json.fill(BLANK, at + 1, end);
    at = end;
  }
}

function endOfString(json: Uint8Array, begin: number): number {
  let at = begin + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return Math.min(at, json.length);
}

function isKey(json: Uint8Array, end: number): boolean {
  let at = end + 1;
  while (at < json.length && (json[at] as number) <= BLANK) at += 1;
  return json[at] === COLON;
}
