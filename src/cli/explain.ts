import { EXIT } from '../report/exit-status.js';
import { IssuerCache } from '../certificates/load.js';
import { loadSubject } from '../certificates/subject.js';
import { readConfiguration } from '../configuration/read.js';
import { certificateKey } from '../memory/certificate-key.js';
import { recollect } from '../memory/store.js';
import { accessFor, recordOf, type Waiting } from '../refresh/access.js';
import { decisionOf, openCase, type Case, type CaseContext } from '../refresh/case.js';
import { wantedFor } from '../refresh/wanted.js';
import { usableUrls } from '../transport/responder.js';
import { explanationText, explanationToJson, type Explanation } from './explanation.js';
import type { System } from '../system/system.js';
import type { Command } from './command.js';
import { toJsonText, type Console } from './console.js';
import { contextOf } from './context.js';
import { findEntry } from '../refresh/select.js';
import { momentOf } from './moment.js';

type ExplainCommand = Extract<Command, { kind: 'explain' }>;

/** Tells all about one certificate: its staple, every check of it, and what the next run would do. */
export function explainCommand(command: ExplainCommand, system: System, console: Console): number {
  const configuration = readConfiguration(command.file, system);
  const entry = findEntry(configuration, command.name);
  const moment = momentOf(command.now, system);
  const subject = loadSubject(entry, system.files, new IssuerCache(system.files), moment.now);
  const context = contextOf(configuration, moment, system);
  const open = openCase(entry, subject, context);
  const decision = decisionOf(open, context, 'due');
  const waiting = decision.kind === 'refresh' ? waitingIn(open, context, system) : undefined;
  const explanation: Explanation = { ...open, ...context, decision, waiting };
  if (console.format === 'json') console.print(toJsonText(explanationToJson(explanation)));
  else console.print(explanationText(explanation));
  return open.staple.kind === 'usable' ? 0 : EXIT.attention;
}

/** What an earlier run has noted may keep a run from asking. */
function waitingIn(open: Case, context: CaseContext, system: System): Waiting | undefined {
  const { configuration, now } = context;
  if (usableUrls(open.responders).length === 0) return undefined;
  const memory = recollect(configuration.ownState.folder, { ...system, now, dryRun: true }).memory();
  const wanted = wantedFor(open, context, false);
  const record = recordOf(certificateKey(wanted.question), wanted, memory);
  const access = accessFor(wanted, record?.wait, memory, now);
  return access.kind === 'waiting' ? access : undefined;
}
