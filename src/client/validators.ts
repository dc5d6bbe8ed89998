/** The validators of a response, by which the responder recognizes it (RFC 9110 §8.8). */
export interface Validators {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

/** Reports whether a text is an entity tag (RFC 9110 §8.8.3) of reasonable length. */
export function isEntityTag(text: string): boolean {
  return /^(?:W\/)?"[\x21\x23-\x7e]{1,128}"$/.test(text);
}

/** Reports whether a text has the length and the characters of an HTTP date, and so is safe in a header. */
export function isDateText(text: string): boolean {
  return /^[\w ,:-]{1,40}$/.test(text);
}
