import { DAY, HOUR, MINUTE } from '../../../../src/util/time.js';
import { generalizedTime } from '../../../support/der.js';
import { COMPARABLE_TIME_REQUIRED, SECONDS_REQUIRED } from '../corrections.js';
import { group } from '../flaw.js';

/** `20300615120000`, to which a form other than Z can be put. */
function digits(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replaceAll(/\D/g, '');
}

/** All at least a minute away from every limit: the clock runs on while OpenSSL starts. */
export const timeFlaws = group('time', {
  'thisUpdate within the skew': [
    'accepted',
    ({ single, now }) => void (single.thisUpdate = now + 3 * MINUTE),
  ],
  'thisUpdate beyond the skew': ['refused', ({ single, now }) => void (single.thisUpdate = now + 7 * MINUTE)],
  'almost too old': ['accepted', ({ single, now }) => void (single.thisUpdate = now - 14 * DAY + HOUR)],
  'too old': ['refused', ({ single, now }) => void (single.thisUpdate = now - 14 * DAY - HOUR)],
  'a validity of five minutes': [
    'accepted',
    ({ single, now }) =>
      void Object.assign(single, { thisUpdate: now - MINUTE, nextUpdate: now + 4 * MINUTE }),
  ],
  expired: ['refused', ({ single, now }) => void (single.nextUpdate = now - 30 * MINUTE)],
  // OpenSSL's skew counts here too.
  'expired by less than the skew': [
    'response-expired',
    ({ single, now }) => void (single.nextUpdate = now - 3 * MINUTE),
  ],
  'no nextUpdate': ['next-update-missing', ({ single }) => void (single.nextUpdate = undefined)],
  'nextUpdate before thisUpdate': [
    'refused',
    ({ single, now }) =>
      void Object.assign(single, { thisUpdate: now + 3 * MINUTE, nextUpdate: now + 2 * MINUTE }),
  ],
  'nextUpdate is thisUpdate': [
    'next-update-before-this-update',
    ({ single, now }) =>
      void Object.assign(single, { thisUpdate: now + 3 * MINUTE, nextUpdate: now + 3 * MINUTE }),
  ],
  'producedAt later than thisUpdate by days': [
    'accepted',
    ({ single, response, now }) => {
      single.thisUpdate = now - 5 * DAY;
      response.producedAt = now - HOUR;
    },
  ],
  'producedAt ahead': [
    'produced-at-in-future',
    ({ response, now }) => void (response.producedAt = now + DAY),
  ],
  // OpenSSL compares the two as strings, by their length first.
  'thisUpdate with a fraction': [
    'refused',
    ({ single, now }) => void (single.thisUpdate = generalizedTime(`${digits(now - HOUR)}.5Z`)),
  ],
  'thisUpdate without seconds': [
    SECONDS_REQUIRED,
    ({ single, now }) => void (single.thisUpdate = generalizedTime(`${digits(now - HOUR).slice(0, 12)}Z`)),
  ],
  'nextUpdate with a fraction': [
    COMPARABLE_TIME_REQUIRED,
    ({ single, now }) => void (single.nextUpdate = generalizedTime(`${digits(now + DAY)}.5Z`)),
  ],
  'nextUpdate with an offset': [
    COMPARABLE_TIME_REQUIRED,
    ({ single, now }) => void (single.nextUpdate = generalizedTime(`${digits(now + DAY)}+0100`)),
  ],
  'producedAt with an offset': [
    'time-malformed',
    ({ response, now }) => void (response.producedAt = generalizedTime(`${digits(now - HOUR)}-0800`)),
  ],
  'a local time': [
    'refused',
    ({ single, now }) => void (single.thisUpdate = generalizedTime(digits(now - HOUR))),
  ],
});
