import type { JsonRecord } from '../util/json.js';

/** The name in the configuration that stands for all namespaces. */
export const EVERYWHERE = '*';

/** A request about the Secrets of a namespace, or about one of them. */
export interface ApiRequest {
  readonly verb: 'list' | 'get' | 'patch';
  readonly namespace: string;
  readonly name?: string;
  readonly query?: Readonly<Record<string, string>>;
  /** A JSON merge patch (RFC 7396). */
  readonly patch?: JsonRecord;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: JsonRecord;
}
