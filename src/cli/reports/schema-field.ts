import { integer, optional, text } from './fields.js';

/** The version of all reports. */
export const SCHEMA_FIELD = integer(
  'The version of the reports: 1. It is raised when a field is removed or changes its meaning, and not when one is added.',
);

export const MESSAGE = text('The problem in words.');
export const HINT = optional(text('The remedy, in words.'));
