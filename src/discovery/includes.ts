import { LIMITS } from '../util/limits.js';
import { quote } from '../util/text.js';
import { AS_ROOT, type PathKind, type Place, type Remark, shownPlace } from './model.js';

/** A line that includes files. */
export interface IncludeLine {
  readonly place: Place;
  /** The path or pattern, as it is written. */
  readonly written: string;
}

/**
 * Bounds the includes of a configuration, because files that include each other would never end. Whatever is left out is
 * said in `remarks`, once for each line and file.
 */
export class Includes {
  readonly remarks: Remark[] = [];
  readonly #said = new Set<string>();
  #count = 0;

  /** Reports whether the last of the `open` files may include this one. Each one of them includes the next. */
  admits(path: string, open: readonly string[], by: IncludeLine): boolean {
    this.#count += 1;
    const isAdmitted =
      this.#count <= LIMITS.includes && open.length <= LIMITS.includeDepth && !open.includes(path);
    if (!isAdmitted) this.tooMuch(by);
    return isAdmitted;
  }

  tooMuch({ place, written }: IncludeLine): void {
    this.#say(`${shownPlace(place)} includes too much, or itself: ${quote(written)} is left out`, LOOP);
  }

  /** Says that an included file could not be read. */
  lacks(path: string, { place }: IncludeLine, kind: PathKind): void {
    const text = `${shownPlace(place)} includes ${quote(path)}, which cannot be read`;
    if (kind === 'absent') this.#say(`${text}: there is no such file`, MISSING);
    else this.#say(text, AS_ROOT);
  }

  isFaulty(place: Place): void {
    this.#say(`${shownPlace(place)}: a syntax error; certificates after it may be left out`, FAULTY);
  }

  #say(text: string, hint: string): void {
    if (this.#said.has(text) || this.remarks.length >= LIMITS.remarks) return;
    this.#said.add(text);
    this.remarks.push({ text, hint });
  }
}

const FAULTY = 'correct it; nginx -t says more';
const LOOP = 'take the include out; or name the folder of the certificates: ocspbot discover FOLDER';
const MISSING = 'correct the path, or take the include out';
