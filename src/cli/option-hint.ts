import { ISSUER_HINTS } from '../x509/chain.js';
import { ROOT_HINT } from '../x509/path.js';

/** Says what to do about a missing certificate in the options of a command, not in keys of a configuration. */
export function optionHint(hint: string | undefined): string | undefined {
  switch (hint) {
    case ISSUER_HINTS.supply:
      return 'give a full chain, or name the file of the issuer: --issuer FILE';
    case ISSUER_HINTS.selfSigned:
      return 'nobody publishes revocation for a self-signed certificate';
    case ROOT_HINT:
      return 'give the root chain of this issuer, or leave --root out to trust the issuer as given';
    default:
      return hint;
  }
}
