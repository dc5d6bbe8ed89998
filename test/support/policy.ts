import { DEFAULTS } from '../../src/util/limits.js';

/** The policy of tests for which no policy matters: as strict as can be, and responses may be two weeks old. */
export const POLICY = {
  clockSkew: 0,
  maxAge: 14 * 24 * 3_600_000,
  assumedValidity: undefined,
  allowSha1Signatures: false,
};

/** The policy of a configuration that says nothing about it. */
export const DEFAULT_POLICY = {
  clockSkew: DEFAULTS.clockSkew,
  maxAge: DEFAULTS.maxAge,
  assumedValidity: undefined,
  allowSha1Signatures: false,
};
