import { afterEach } from 'vitest';
import {
  startResponder,
  type Mode,
  type RecordedRequest,
  type Responder,
  type ResponderOptions,
} from '../../support/responder.js';
import type { Stage } from './stage.js';

export type Behaviour = (request: RecordedRequest) => Mode | undefined;

export type StartResponder = (
  answer?: Behaviour,
  options?: Pick<ResponderOptions, 'path' | 'port'>,
) => Promise<Responder>;

/** Responders of the same CA, each of one test, that behave as they are told. To be called at the top of a test file. */
export function furtherResponders(stage: Stage): StartResponder {
  const responders: Responder[] = [];
  afterEach(async () => {
    await Promise.all(responders.splice(0).map((responder) => responder.close()));
  });
  return async (answer, options = {}) => {
    const responder = await startResponder({ issuers: [stage.authority.intermediate], answer, ...options });
    responders.push(responder);
    return responder;
  };
}
