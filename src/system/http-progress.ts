/** How far an exchange has come. */
export interface Progress {
  /** undefined until the header of the response is complete. */
  status: number | undefined;
  /** Octets of body. */
  octets: number;
}

/** Ends an exchange when its time is over. */
export class TimeIsUp extends Error {
  override readonly name = 'TimeIsUp';
}

/** Ends the reading of a body above the limit. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}
