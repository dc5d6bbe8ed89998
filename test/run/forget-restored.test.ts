import { expect, test } from 'vitest';
import { forgetRestored } from '../../src/run/forget-restored.js';
import { realTools } from '../installation/support/tools.js';
import { makeSandbox } from '../support/sandbox.js';

const RESTORED = Buffer.of(0x30, 0);

/** Two entries of one certificate: the staple of the first was replaced, and the other is as given. */
test.each([
  ['has it too', RESTORED, 0],
  ['has another one', Buffer.of(0x30, 1, 0), 1],
  ['has none', undefined, 1],
])('a restored response is forgotten unless another entry %s', async (_, other, count) => {
  const sandbox = makeSandbox();
  const forgotten: unknown[] = [];
  const rollbacks = {
    has: () => true,
    note: () => Promise.resolve(),
    forget: (response: unknown) => Promise.resolve(void forgotten.push(response)),
  };
  const entries = ['a', 'b'].map((name) => ({ ocsp: sandbox.path(name) }));
  sandbox.write('a', RESTORED);
  if (other !== undefined) sandbox.write('b', other);
  const run = { rollbacks, configuration: { entries }, system: realTools() };
  await forgetRestored({ der: RESTORED }, entries[0]!, run as never);
  expect(forgotten).toHaveLength(count);
});
