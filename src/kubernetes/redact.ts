/** The texts that are wanted, by the names of the objects around them. Everything else may be a private key. */
const WANTED: Readonly<Record<string, ReadonlySet<string>>> = {
  '': new Set(['kind', 'message']),
  '/metadata': new Set(['continue', 'name', 'namespace', 'resourceVersion']),
  '/data': new Set(['tls.crt', 'tls.ocsp-staple']),
  '/items/metadata': new Set(['name', 'namespace', 'resourceVersion']),
  '/items/data': new Set(['tls.crt', 'tls.ocsp-staple']),
};

/** Objects around a wanted text, and characters of its name. */
const [DEEPEST, LONGEST] = [3, 20];
/** Objects and lists in one another, of which a parser makes a hundred times as many bytes. Those of Secrets are about ten. */
const NESTED = 100;
const [QUOTE, BACKSLASH, COLON, BLANK] = [0x22, 0x5c, 0x3a, 0x20];
const [OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * Overwrites each text of a JSON text that is not wanted, in place. A private key then is never part of a string, which
 * nobody could erase. Annotations go too: `kubectl apply` keeps a copy of the whole Secret in one. A text that is nested too
 * deeply is not JSON any more afterwards.
 */
export function redact(json: Uint8Array): void {
  const around: string[] = [];
  let [depth, lists, key, wanted] = [0, 0, '', NONE];
  const moveTo = (newDepth: number) => {
    depth = newDepth;
    wanted = depth > DEEPEST ? NONE : (WANTED[around.slice(0, depth).join('/')] ?? NONE);
  };
  for (let at = 0; at < json.length; at += 1) {
    if (depth + lists > NESTED) return void json.fill(BLANK, at);
    if (json[at] === OPEN_LIST) lists += 1;
    else if (json[at] === CLOSE_LIST) lists = Math.max(0, lists - 1);
    else if (json[at] === OPEN) {
      if (depth < DEEPEST) around[depth] = key;
      key = '';
      moveTo(depth + 1);
    } else if (json[at] === CLOSE) {
      moveTo(Math.max(0, depth - 1));
      // The next object of a list has the name of this one.
      key = around[depth] ?? '';
    } else if (json[at] === QUOTE) {
      const end = endOfString(json, at);
      if (isKey(json, end))
        key = end - at > LONGEST ? '' : Buffer.from(json.subarray(at + 1, end)).toString();
      else if (!wanted.has(key)) json.fill(BLANK, at + 1, end);
      at = end;
    }
  }
}

const NONE: ReadonlySet<string> = new Set();

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

/** The base64 of private keys between its lines in PEM. Administrators also write such files to tls.crt. */
const KEYS = /(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?=-----END|$)/gs;

/** Overwrites private keys among certificates in PEM, in place. The lines around them stay, and say what was there. */
export function redactPem(pem: Uint8Array): void {
  // Each character of this encoding is one byte.
  for (const { 0: block, 1: begin = '', index } of Buffer.from(pem).toString('latin1').matchAll(KEYS))
    pem.fill(BLANK, index + begin.length, index + block.length);
}

/** Returns a message without what may be a key in it: an admission webhook may quote the Secret. */
export function withoutKeys(message: string): string {
  return message.replace(/-----BEGIN.*/s, LEFT_OUT).replaceAll(/[\w+/]{40,}=*/g, LEFT_OUT);
}

const LEFT_OUT = '[left out]';
