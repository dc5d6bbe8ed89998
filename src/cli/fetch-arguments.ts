import { parseHttpUrl } from '../client/responder-url.js';
import type { FetchCommand } from './command.js';
import { text, usage, type Values } from './values.js';

/** Reads the options of `fetch`. @throws OcspbotError `usage` */
export function readFetchArguments(values: Values): Omit<FetchCommand, 'kind' | 'cert' | 'output'> {
  if (values['json'] === true)
    throw usage('fetch has no --json: standard output is for the response', 'its status says how it ended');
  const responder = text(values, 'responder');
  const url = responder === undefined ? undefined : parseHttpUrl(responder);
  if (url?.kind === 'unusable')
    throw usage(`--responder: ${url.problem}`, 'name it like http://ocsp.example.com/');
  return {
    issuer: text(values, 'issuer'),
    root: text(values, 'root'),
    responder,
    settings: text(values, 'config'),
    now: text(values, 'now'),
  };
}
