/** A line of a crt-list: `FILE [OPTIONS] NAME …` (HAProxy Configuration Manual, §5.1). */
export interface CrtListLine {
  readonly crt: string;
  readonly line: number;
  /** The names without wildcards and exceptions. */
  readonly names: readonly string[];
  readonly options: readonly string[];
}

export function readCrtList(text: string): CrtListLine[] {
  return text.split('\n').flatMap((raw, index) => {
    const content = raw.trim();
    if (content === '' || content.startsWith('#')) return [];
    const [, crt = '', options = '', filters = ''] =
      /^(\S+)\s*(?:\[([^\]]*)\])?\s*(.*)$/s.exec(content) ?? [];
    const names = filters.split(/\s+/).filter((name) => /^[\w.-]+$/.test(name) && name.includes('.'));
    return [{ crt, line: index + 1, names, options: options.trim().split(/\s+/) }];
  });
}
