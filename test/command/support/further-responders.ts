import { afterEach } from 'vitest';
import {
  startResponder,
  type Mode,
  type RecordedRequest,
  type Responder,
  type ResponderOptions,
} from '../../support/responder.js';
import type { TestPki } from './test-pki.js';

export type Behaviour = (request: RecordedRequest) => Mode | undefined;

export type StartResponder = (
  answer?: Behaviour,
  options?: Pick<ResponderOptions, 'path' | 'port'>,
) => Promise<Responder>;

/** Returns a function that starts a responder of the same CA for one test. Call it at the top of a test file. */
export function furtherResponders(pki: TestPki): StartResponder {
  const responders: Responder[] = [];
  afterEach(async () => {
    await Promise.all(responders.splice(0).map((responder) => responder.close()));
  });
  return async (answer, options = {}) => {
    const responder = await startResponder({ issuers: [pki.authority.intermediate], answer, ...options });
    responders.push(responder);
    return responder;
  };
}
