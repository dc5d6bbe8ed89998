import { parseHttpUrl } from '../client/responder-url.js';
import type { FetchCommand } from './command.js';
import { usage, type Values } from './options.js';
import { readNow } from './verify-arguments.js';

/** Reads the options of `fetch`. @throws OcspbotError `usage` */
export function readFetchArguments(values: Values): Omit<FetchCommand, 'kind' | 'cert' | 'output'> {
  const text = (name: string) => values[name] as string | undefined;
  if (values['json'] === true)
    throw usage('fetch has no --json: standard output is for the response', 'its status says how it ended');
  const responder = text('responder');
  const url = responder === undefined ? undefined : parseHttpUrl(responder);
  if (url?.kind === 'unusable')
    throw usage(`--responder: ${url.problem}`, 'name it like http://ocsp.example.com/');
  return {
    issuer: text('issuer'),
    root: text('root'),
    responder,
    settings: text('config'),
    now: readNow(text('now')),
  };
}
