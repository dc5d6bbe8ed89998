import { parseProxy } from '../../network/proxy.js';
import type { ProxySetting } from '../../network/proxies.js';
import { didYouMean } from '../suggestions.js';
import { report, scalarOf } from './kind.js';
import type { Kind, Value } from './kind.js';

/** `environment`, `none`, or the URL of a proxy. What was written is never repeated: a password may be in it. */
export const proxySetting: Kind<ProxySetting> = {
  expected: '"environment", "none" or the URL of a proxy',
  read(value) {
    const scalar = scalarOf(value.node);
    const written = scalar?.type === 'text' ? scalar.text : '';
    if (written === 'environment' || written === 'none') return { kind: written };
    if (!written.includes('://'))
      return refuse(value, `must be ${this.expected}`, didYouMean(written, WORDS));
    const parsed = parseProxy(written);
    if (parsed.kind === 'unusable') return refuse(value, parsed.problem);
    return { kind: 'server', server: parsed.proxy };
  },
};

const WORDS = ['environment', 'none'];

function refuse(value: Value, problem: string, advice?: string): undefined {
  const example = `write for example: ${value.example} (user:password@ before the host, with % codes for / : @)`;
  return report(value, `${value.label} ${problem}`, advice ?? example);
}
