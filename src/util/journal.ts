/** The severity of a message. */
type Severity = keyof typeof LEVELS;

/** Syslog levels, which systemd reads at the beginning of each line (sd-daemon(3)). */
const LEVELS = { info: '<6>', warning: '<4>', error: '<3>' } as const;

/** Begins each line of a text with its level, as the journal of systemd reads it. */
export function withLevels(text: string, severity: Severity): string {
  return `${LEVELS[severity]}${text.replaceAll('\n', `\n${LEVELS[severity]}`)}`;
}
