import { openWaits } from '../../client/access.js';
import { usableUrls } from '../../client/responder-url.js';
import type { Waiting } from '../../client/types.js';
import { EXIT } from '../../report/exit-status.js';
import type { InspectedCertificate, InspectionContext } from '../../run/inspect.js';
import { decisionOf, fetchRequestFor } from '../../run/decision.js';
import { forecast } from '../../run/forecast.js';
import { serverObjection } from '../../run/objection.js';
import type { System } from '../../system/system.js';
import type { Command } from '../command.js';
import { type Console, toJsonText } from '../console.js';
import { type Explanation, explanationText, explanationToJson } from './explanation.js';
import { inspectNamed } from './named-certificate.js';

type ExplainCommand = Extract<Command, { kind: 'explain' }>;

/** Explains one certificate: its staple, every check of the staple, and what the next run would do. */
export async function explainCommand(
  command: ExplainCommand,
  system: System,
  console: Console,
): Promise<number> {
  const { certificate, context } = await inspectNamed(command, system);
  const decision = decisionOf(certificate, context, 'due');
  const isAsking = decision.kind === 'refresh' && decision.only === undefined;
  const waiting = isAsking ? waitingIn(certificate, context, system) : undefined;
  // A response that is kept needs no responder now, even if it is written anew.
  const outlook = isAsking || decision.kind === 'skip' ? forecast(certificate, context) : undefined;
  const explanation: Explanation = { ...certificate, ...context, decision, waiting, outlook };
  if (console.format === 'json') console.print(toJsonText(explanationToJson(explanation)));
  else console.print(explanationText(explanation));
  const isServed = certificate.staple.kind === 'usable' && serverObjection(certificate) === undefined;
  return isServed ? 0 : EXIT.attention;
}

/** Returns the back-off of an earlier run that keeps the next one from asking. */
function waitingIn(
  certificate: InspectedCertificate,
  context: InspectionContext,
  system: System,
): Waiting | undefined {
  const { configuration, now } = context;
  if (usableUrls(certificate.responders).length === 0) return undefined;
  const fetchRequest = fetchRequestFor(certificate, context, 'due');
  return openWaits(configuration.ownState.folder, { ...system, now })(fetchRequest);
}
