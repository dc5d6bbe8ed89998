import type { Server } from './server.js';

/** A server that staples what is in the file of a site. */
export interface StaplingServer extends Server {
  readonly port: number;
  /** As an administrator would, and waits until it is done. */
  reload(): Promise<void>;
  /** The arguments with which `ocspbot live` finds it. */
  readonly live: readonly string[];
}
