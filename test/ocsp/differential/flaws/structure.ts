import { makeErrorResponse } from '../../../support/ca.js';
import { enumerated, explicit, int, nul, oid } from '../../../support/der.js';
import { extension } from '../../../support/extensions.js';
import { group } from '../flaw.js';

const CRITICAL = extension('1.3.6.1.4.1.99999.3', nul(), true);
const ERRORS = {
  malformedRequest: 1,
  internalError: 2,
  tryLater: 3,
  'status 4': 4,
  sigRequired: 5,
  unauthorized: 6,
};

const errors = Object.fromEntries(
  Object.entries(ERRORS).map(([name, status]) => [
    `the answer is ${name}` as const,
    [
      'refused',
      (unsigned: { finish: () => Uint8Array }) => void (unsigned.finish = () => makeErrorResponse(status)),
    ] as const,
  ]),
);

export const structureFlaws = group('structure', {
  ...errors,
  'version 2': ['version-unsupported', ({ response }) => void (response.version = 2)],
  'version 1 written out': ['accepted', ({ response }) => void (response.version = explicit(0, int(0)))],
  'a critical extension': ['critical-extension', ({ response }) => void (response.extensions = [CRITICAL])],
  'a critical extension of the SingleResponse': [
    'critical-extension',
    ({ single }) => void (single.extensions = [CRITICAL]),
  ],
  'an extension of the SingleResponse': [
    'accepted',
    ({ single }) => void (single.extensions = [extension('1.3.6.1.4.1.99999.3', nul())]),
  ],
  'another responseType': [
    'refused',
    ({ response }) =>
      void (response.tamper = (parts) => void (parts.responseType = oid('1.3.6.1.5.5.7.48.1.99'))),
  ],
  'an error with a response in it': [
    'refused',
    ({ response }) => void (response.tamper = (parts) => void (parts.responseStatus = enumerated(3))),
  ],
});
