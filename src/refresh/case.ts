import type { Subject } from '../certificates/subject.js';
import type { Entry } from '../configuration/model.js';
import type { Staple } from '../staple/staple.js';
import type { Question } from '../verification/question.js';

/** One certificate in a run: what it is, and what lies where the server staples from. */
export interface Case {
  readonly entry: Entry;
  readonly subject: Subject;
  readonly question: Question;
  readonly staple: Staple;
  readonly responders: readonly string[];
}
