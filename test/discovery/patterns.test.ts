import { expect, test } from 'vitest';
import { componentMatcher } from '../../src/discovery/patterns.js';
import { localListener } from '../../src/discovery/addresses.js';
import { readListen } from '../../src/discovery/nginx/listen.js';

test.for([
  ['[z-a].conf', ['a.conf', 'z.conf', '-.conf'], []],
  ['[a-c-].conf', ['b.conf', '-.conf', 'd.conf'], ['b.conf', '-.conf']],
  ['[!a-c].conf', ['b.conf', 'd.conf'], ['d.conf']],
  ['[z-ab].conf', ['a.conf', 'b.conf'], ['b.conf']],
  ['[a^\\].conf', ['a.conf', '^.conf', '\\.conf', 'b.conf'], ['a.conf', '^.conf', '\\.conf']],
  ['x[', ['x[', 'x'], ['x[']],
  [`${'*'.repeat(60)}x`, ['y'.repeat(200), 'yx'], ['yx']],
] as const)('the pattern %s', ([pattern, names, matching]) => {
  expect(names.filter(componentMatcher(pattern))).toEqual(matching);
});

test.for([
  ['443-445', { host: '127.0.0.1', port: 443 }],
  ['[::]:8443-8446', { host: '::1', port: 8443 }],
  ['10.0.0.1:443-445', { host: '10.0.0.1', port: 443 }],
  ['[::1]', { host: '::1', port: 80 }],
] as const)('nginx listens at %s', ([address, listener]) => {
  expect(readListen([address, 'ssl'], false).listener).toMatchObject(listener);
});

test.for(['unix@/x:443', 'quic4@:443', 'abns@x:443', ':0', ':99999', '/run/x:443'])(
  'nobody connects to %s',
  (address) => {
    expect(localListener(address)).toBeUndefined();
  },
);
