import { integer, optional, text } from './fields.js';

/** The version of all reports. */
export const SCHEMA_FIELD = integer(
  'The version of the reports: 1. It is raised when a field is removed or changes its meaning, and not when one is added.',
);

export const MESSAGE = text('What is wrong, for people.');
export const HINT = optional(text('What to do about it.'));
