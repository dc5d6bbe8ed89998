import { resolve } from 'node:path';
import type { SocketAddress } from '../system/interfaces/servers.js';
import type { ServiceSection } from './keys.js';
import type { Named } from './kinds/collections.js';
import { isRefused } from './kinds/refused.js';
import { EXIT_BITS, NAME_HINT, isServiceName } from './kinds/services.js';
import type { ExitBit, Service } from './model.js';
import type { Paths } from './paths.js';
import type { Problems } from './problems.js';
import { quote } from '../text/visible.js';

/** The services in their order. Those without a written bit get the lowest ones that nobody has written. */
export function readServices(
  sections: readonly Named<ServiceSection>[],
  { base }: Pick<Paths, 'base'>,
  problems: Problems,
): Service[] {
  const written = new Set(sections.map(({ value }) => value.exit_bit?.value));
  const free = EXIT_BITS.filter((bit) => !written.has(bit));
  return sections.flatMap((section) => {
    const { name, key, value } = section;
    if (!isServiceName(name)) problems.add(key, `${quote(name)} cannot be the name of a service`, NAME_HINT);
    if (isRefused(value, 'exit_bit')) return [];
    const exitBit: ExitBit | undefined = value.exit_bit?.value ?? free.shift();
    if (exitBit !== undefined) return [{ name, exitBit, ...waysOf(value, base) }];
    problems.add(key, `no exit bit is left for the service ${quote(name)}`, SHARE_HINT);
    return [];
  });
}

const SHARE_HINT = 'there are four: let services share them by writing "exit_bit: 16" at several';

function waysOf(value: ServiceSection, base: string): Omit<Service, 'name' | 'exitBit'> {
  return {
    reload: value.reload?.value ?? [],
    test: value.test?.value ?? [],
    runtimeSockets: (value.runtime_socket?.value ?? []).map((one) => inFolder(one.value, base)),
    live: (value.live?.value ?? []).map((one) => one.value),
  };
}

function inFolder(address: SocketAddress, base: string): SocketAddress {
  return address.kind === 'unix' ? { ...address, path: resolve(base, address.path) } : address;
}
