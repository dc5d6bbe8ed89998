import { LIMITS } from '../../util/limits.js';
import { quote } from '../../util/text.js';
import { IncludeGuard } from '../includes.js';
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
  readonly remarks: Remark[] = [];
  readonly #source: NginxSource;
  readonly #guard = new IncludeGuard();
  #count = 0;

  constructor(source: NginxSource) {
    this.#source = source;
  }

  main(): Located[] {
    const { main } = this.#source;
    return this.expand(this.#source.directives(main) ?? [], main);
  }

  inside({ directive, file }: Located): Located[] {
    return this.expand(directive.block ?? [], file);
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
    const where = `${by.file}:${by.directive.line}`;
    const path = absolute(pattern, this.#source.prefix);
    const paths = isPattern(path) ? this.#source.matching(path) : [path];
    return paths.flatMap((included) => {
      if (this.#count > LIMITS.directives || !this.#guard.admits(included, open)) {
        this.#remark(`${where} includes too much, or itself: ${quote(pattern)} is left out`);
        return [];
      }
      const directives = this.#source.directives(included);
      if (directives === undefined)
        this.#remark(`${where} includes ${quote(included)}, which cannot be read`);
      return this.expand(directives ?? [], included, [...open, included]);
    });
  }

  #remark(text: string): void {
    if (this.remarks.length < LIMITS.remarks) this.remarks.push({ text });
  }
}
