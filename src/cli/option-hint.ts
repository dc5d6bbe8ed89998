import type { CommandName } from './options.js';

/** A command about one certificate, which its options name. It needs no configuration. */
type OptionCommand = Extract<CommandName, 'fetch' | 'verify'>;

type Words = Readonly<Record<string, string>>;

/** The words of hints about a configuration, and those that stand for them in the options of both commands. */
const SHARED: Words = {
  '`chain`': '--issuer FILE',
  '`rootchain`': '--root FILE',
  // There is only one certificate: nothing remains without it.
  ': take it out of the configuration': '',
  '; else take it out of the configuration': '',
};

/** The settings for which `verify` has options, but `fetch` has none. */
const SETTINGS: Words = {
  trusted_responders: '--trusted-responder FILE',
  clock_skew: '--clock-skew DURATION',
  max_age: '--max-age DURATION',
  assumed_validity: '--assumed-validity DURATION',
  allow_sha1_signatures: '--allow-sha1-signatures',
};

const OPTIONS: Readonly<Record<OptionCommand, Words>> = {
  fetch: { ...SHARED, '`cert`': 'CERT', ocsp_responder_uri: '--responder URL' },
  verify: { ...SHARED, '`cert`': '--cert FILE', ...SETTINGS },
};

const ONLY_CONFIGURED = new RegExp(String.raw`\b(http\.[a-z_]+|${Object.keys(SETTINGS).join('|')})\b`);

/** Puts a hint, which names keys of a configuration, into the options of a command. */
export function optionHint(hint: string | undefined, command: OptionCommand): string | undefined {
  if (hint === undefined) return undefined;
  const words = Object.entries(OPTIONS[command]);
  const own = words.reduce((text, [key, option]) => text.replaceAll(key, option), hint);
  return command === 'fetch' && ONLY_CONFIGURED.test(own)
    ? `${own} (in a configuration: --config FILE)`
    : own;
}
