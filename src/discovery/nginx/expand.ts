import { LIMITS } from '../../util/limits.js';
import { Includes } from '../includes.js';
import type { Place, Remark } from '../model.js';
import { isPattern } from '../patterns.js';
import { absolute, type NginxSource } from './source.js';
import type { Directive } from './syntax.js';

/** A directive with the file that it is written in. */
export interface Located {
  readonly directive: Directive;
  readonly file: string;
}

export function placeOf({ directive: { line }, file }: Located): Place {
  return { file, line };
}

/** Puts the content of included files in the place of `include`. */
export class Expander {
  readonly #source: NginxSource;
  readonly #includes = new Includes();
  #count = 0;

  constructor(source: NginxSource) {
    this.#source = source;
  }

  get remarks(): readonly Remark[] {
    return this.#includes.remarks;
  }

  main(): Located[] {
    const { main } = this.#source;
    return this.expand(this.#directivesOf(main) ?? [], main);
  }

  inside({ directive, file }: Located): Located[] {
    return this.expand(directive.block ?? [], file);
  }

  #directivesOf(path: string): readonly Directive[] | undefined {
    const parsed = this.#source.parsed(path);
    if (parsed?.faultyLine !== undefined) this.#includes.isFaulty({ file: path, line: parsed.faultyLine });
    return parsed?.directives;
  }

  /** `open` are the files that are being included. */
  expand(directives: readonly Directive[], file: string, open: readonly string[] = [file]): Located[] {
    return directives.flatMap((directive) => {
      this.#count += 1;
      const [pattern] = directive.args;
      if (directive.name !== 'include' || pattern === undefined) return [{ directive, file }];
      return this.#include(pattern, { directive, file }, open);
    });
  }

  #include(pattern: string, by: Located, open: readonly string[]): Located[] {
    const line = { place: placeOf(by), written: pattern };
    const path = absolute(pattern, this.#source.prefix);
    const paths = isPattern(path) ? this.#source.matching(path) : [path];
    return paths.flatMap((included) => {
      if (!this.#includes.admits(included, open, line)) return [];
      if (this.#count > LIMITS.directives) {
        this.#includes.tooMuch(line);
        return [];
      }
      const directives = this.#directivesOf(included);
      if (directives === undefined) this.#includes.lacks(included, line, this.#source.kindOf(included));
      return this.expand(directives ?? [], included, [...open, included]);
    });
  }
}
