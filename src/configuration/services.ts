import type { ServiceSection } from './keys.js';
import type { Named } from './kinds/collections.js';
import { EXIT_BITS, NAME_HINT, isServiceName } from './kinds/services.js';
import type { ExitBit, Service } from './model.js';
import type { Problems } from './problems.js';
import { quote } from '../text/visible.js';

/** The services in their order. Those without a written bit get the lowest ones that nobody has written. */
export function readServices(sections: readonly Named<ServiceSection>[], problems: Problems): Service[] {
  const written = new Set(sections.map(({ value }) => value.exit_bit?.value));
  const free = EXIT_BITS.filter((bit) => !written.has(bit));
  return sections.flatMap((section) => {
    const { name, key, value } = section;
    if (!isServiceName(name)) problems.add(key, `${quote(name)} cannot be the name of a service`, NAME_HINT);
    const exitBit: ExitBit | undefined = value.exit_bit?.value ?? free.shift();
    const [reload, test] = [value.reload?.value ?? [], value.test?.value ?? []];
    if (exitBit !== undefined) return [{ name, exitBit, reload, test }];
    problems.add(key, `no exit bit is left for the service ${quote(name)}`, SHARE_HINT);
    return [];
  });
}

const SHARE_HINT = 'there are five: let services share them by writing "exit_bit: 16" at several';
