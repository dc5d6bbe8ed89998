import type { checksToJson } from '../../report/checks.js';
import type { resultToJson } from '../commands/verify.js';
import { code, type FieldsOf, integer, type Item, list, optional, text, time, word } from './fields.js';
import { SCHEMA_FIELD } from './schema-field.js';

export const VERDICT = word('The verdict on the response.', {
  good: 'a run would install it',
  revoked: 'it says that the certificate is revoked',
  unknown: 'it says that the responder does not know the certificate',
  'error-status': 'it is the error message of a responder',
  rejected: 'it fails a check',
});

/** A check of a response. */
export const CHECK_FIELDS: FieldsOf<Item<ReturnType<typeof checksToJson>>> = {
  step: integer('The number of the check in docs/checks.md.'),
  name: text('The name of the check there.'),
  section: text('The section of the standard that has the rule.'),
  outcome: word('The outcome.', {
    passed: 'it passed',
    warning: 'it passed, but something is unusual',
    failed: 'it failed',
    'not-judged': 'it does not apply, or an earlier failure leaves nothing to check',
  }),
  code: optional(code('The error code of a failure or a warning.')),
  class: optional(
    code(
      'The kind of a failure. "evidence": the response is wrong. "policy": it is genuine, but not accepted here and now.',
    ),
  ),
  evidence: text('The evidence in words.'),
  remedy: optional(text('The remedy, in words.')),
};

export const VERIFY: FieldsOf<ReturnType<typeof resultToJson>> = {
  schema: SCHEMA_FIELD,
  verdict: VERDICT,
  code: optional(code('The error code of the first check that fails. Left out if it is good.')),
  problem: optional(text('The result of that check in words.')),
  this_update: optional(time('thisUpdate of the response, if it can be read.')),
  next_update: optional(time('nextUpdate of the response, if it has one.')),
  useful_until: optional(time('The time from which it is unusable, if it is good now.')),
  checks: list('Every check, in its order.', CHECK_FIELDS),
};
