import { IssuerCache } from '../certificates/load.js';
import { loadSubject } from '../certificates/subject.js';
import { readConfiguration } from '../configuration/read.js';
import { decisionOf, openCase } from '../refresh/case.js';
import { explanationText, explanationToJson, type Explanation } from './explanation.js';
import type { System } from '../system/system.js';
import type { Command } from './command.js';
import { toJsonText, type Console } from './console.js';
import { contextOf } from './context.js';
import { findEntry } from './find-entry.js';
import { momentOf } from './moment.js';

type ExplainCommand = Extract<Command, { kind: 'explain' }>;

/** Tells all about one certificate: its staple, every check of it, and what the next run would do. */
export function explainCommand(command: ExplainCommand, system: System, console: Console): number {
  const configuration = readConfiguration(command.file, system);
  const entry = findEntry(configuration, command.name);
  const subject = loadSubject(entry, system.files, new IssuerCache(system.files));
  const context = contextOf(configuration, momentOf(command.now, system), system);
  const open = openCase(entry, subject, context);
  const explanation: Explanation = { ...open, ...context, decision: decisionOf(open, context, 'due') };
  if (console.format === 'json') console.print(toJsonText(explanationToJson(explanation)));
  else console.print(explanationText(explanation));
  return open.staple.kind === 'usable' ? 0 : 1;
}
