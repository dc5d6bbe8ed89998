import { loadReadable } from '../certificates/load.js';
import type { Configuration } from '../configuration/model.js';
import { openPutBack } from '../installation/put-back.js';
import type { CaseContext } from '../refresh/case.js';
import { loadIssuerResponders } from '../refresh/responder-rules.js';
import type { Moment } from '../refresh/run-context.js';
import type { System } from '../system/system.js';

/** For commands that look at certificates as a run does, and change nothing. */
export function contextOf(configuration: Configuration, moment: Moment, system: System): CaseContext {
  const trustedResponders = loadReadable(configuration.trustedResponders, system.files);
  const putBack = openPutBack(configuration, system);
  const issuerResponders = loadIssuerResponders(configuration, system.files);
  return { configuration, trustedResponders, issuerResponders, system, putBack, ...moment };
}
