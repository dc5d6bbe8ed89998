/** CRLReason (RFC 5280 §5.3.1); 7 is not used. */
const REASONS: Readonly<Record<number, string>> = {
  0: 'unspecified',
  1: 'keyCompromise',
  2: 'cACompromise',
  3: 'affiliationChanged',
  4: 'superseded',
  5: 'cessationOfOperation',
  6: 'certificateHold',
  8: 'removeFromCRL',
  9: 'privilegeWithdrawn',
  10: 'aACompromise',
};

export function reasonName(reason: number | undefined): string {
  if (reason === undefined) return 'not given';
  return REASONS[reason] ?? `${reason}`;
}
