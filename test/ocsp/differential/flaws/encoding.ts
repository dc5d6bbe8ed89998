import { concat, contentOf } from '../../../support/der.js';
import { group } from '../flaw.js';

function longLength(der: Uint8Array): Uint8Array {
  const content = contentOf(der);
  const length = Uint8Array.of(0x30, 0x84, 0, 0, content.length >> 8, content.length & 0xff);
  return concat(length, content);
}

export const encodingFlaws = group('encoding', {
  'an octet after the end': [
    'der-malformed',
    (unsigned) => void (unsigned.finish = (der) => concat(der, Uint8Array.of(0))),
  ],
  'an indefinite length': [
    'der-malformed',
    (unsigned) =>
      void (unsigned.finish = (der) =>
        concat(Uint8Array.of(0x30, 0x80), contentOf(der), Uint8Array.of(0, 0))),
  ],
  'a length that is not minimal': ['der-malformed', (unsigned) => void (unsigned.finish = longLength)],
  'the last octet is missing': [
    'refused',
    (unsigned) => void (unsigned.finish = (der) => der.subarray(0, -1)),
  ],
  'nothing at all': ['refused', (unsigned) => void (unsigned.finish = () => concat())],
});
