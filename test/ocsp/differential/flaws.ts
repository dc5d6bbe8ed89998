import type { Flaw } from './flaw.js';
import { encodingFlaws } from './flaws/encoding.js';
import { identityFlaws } from './flaws/identity.js';
import { signatureFlaws } from './flaws/signature.js';
import { signerFlaws } from './flaws/signer.js';
import { structureFlaws } from './flaws/structure.js';
import { timeFlaws } from './flaws/time.js';

/** All flaws in the order in which they are applied: a second SingleResponse is a copy of the changed first one. */
const ALL = {
  ...timeFlaws,
  ...signerFlaws,
  ...signatureFlaws,
  ...structureFlaws,
  ...encodingFlaws,
  ...identityFlaws,
};
export type FlawName = keyof typeof ALL;

export const FLAWS: Readonly<Record<FlawName, Flaw>> = ALL;
export const FLAW_NAMES = Object.keys(ALL) as FlawName[];
