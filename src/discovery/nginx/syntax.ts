/** A directive of nginx, with the block that follows it. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly line: number;
  readonly block: Directive[] | undefined;
}

interface Token {
  readonly kind: 'word' | ';' | '{' | '}';
  readonly text: string;
  readonly line: number;
}

/** Blocks of Lua, whose content is not configuration: `content_by_lua_block { … }`. */
const LUA = /_by_lua_block$/;

/** Directives that never have a block. In them, `{` belongs to a regular expression that lacks quotation marks. */
const WITHOUT_BLOCK = /^(?:server_name|rewrite|return)$/;

/** The directives of a file, and the first line that nginx refuses; undefined if the file is in order. */
export interface Parsed {
  readonly directives: Directive[];
  readonly faultyLine: number | undefined;
}

/**
 * Parses the text of one file. It accepts what nginx refuses, because a broken configuration still tells which
 * certificates it means: an unclosed block ends with the file, and a brace too many is ignored.
 */
export function parseFile(text: string): Parsed {
  const parser = new Parser(text);
  parser.parse();
  return { directives: parser.root, faultyLine: parser.faultyLine };
}

class Parser {
  readonly root: Directive[] = [];
  faultyLine: number | undefined;
  readonly #open: { readonly around: Directive[]; readonly line: number }[] = [];
  readonly #reader: TokenReader;
  #current = this.root;
  #words: Token[] = [];

  constructor(text: string) {
    this.#reader = new TokenReader(text);
  }

  parse(): void {
    for (let token = this.#reader.next(); token !== undefined; token = this.#reader.next()) this.#take(token);
    const { unclosedQuote } = this.#reader;
    const unfinished = unclosedQuote ?? this.#words[0]?.line ?? this.#open[0]?.line;
    if (unfinished !== undefined) this.#fault(unfinished);
  }

  #take(token: Token): void {
    const name = this.#words[0]?.text ?? '';
    if (token.kind === 'word') this.#words.push(token);
    else if (token.kind === ';') this.#finish(undefined);
    else if (token.kind === '}') this.#closeBlock(token.line);
    else if (WITHOUT_BLOCK.test(name)) this.#fault(token.line);
    else if (LUA.test(name)) {
      this.#finish([]);
      this.#reader.skipLua();
    } else this.#openBlock(token.line);
  }

  #openBlock(line: number): void {
    const block: Directive[] = [];
    this.#finish(block);
    this.#open.push({ around: this.#current, line });
    this.#current = block;
  }

  #closeBlock(line: number): void {
    const [unfinished] = this.#words;
    this.#words = [];
    const block = this.#open.pop();
    this.#current = block?.around ?? this.root;
    if (unfinished !== undefined) this.#fault(unfinished.line);
    else if (block === undefined) this.#fault(line);
  }

  #finish(block: Directive[] | undefined): void {
    const [first, ...args] = this.#words;
    this.#words = [];
    if (first === undefined && block === undefined) return;
    const { text: name = '', line = this.#reader.line } = first ?? {};
    this.#current.push({ name, args: args.map(({ text }) => text), line, block });
  }

  #fault(line: number): void {
    this.faultyLine ??= line;
  }
}

const SPACE = /[ \t\r\n]/;
const BARE = /[^ \t\r\n;{\\]+/y;
const QUOTED = /[^"'\\\n]+/y;

/** Splits a text into tokens, as ngx_conf_read_token does. */
class TokenReader {
  readonly #text: string;
  #at = 0;
  line = 1;
  /** The line of a quotation mark without a second one. */
  unclosedQuote: number | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  next(): Token | undefined {
    this.#skipBlanks();
    const { line } = this;
    const character = this.#text[this.#at];
    if (character === undefined) return undefined;
    if (character === ';' || character === '{' || character === '}') {
      this.#at += 1;
      return { kind: character, text: character, line };
    }
    const isQuoted = character === '"' || character === "'";
    return { kind: 'word', text: isQuoted ? this.#quoted(character) : this.#bare(), line };
  }

  /** Skips a block of Lua, whose opening brace was read: braces in strings and comments do not count. */
  skipLua(): void {
    const pattern = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|--\[\[[\s\S]*?\]\]|--[^\n]*|[{}]/g;
    pattern.lastIndex = this.#at;
    for (let depth = 1, match = pattern.exec(this.#text); match !== null; match = pattern.exec(this.#text)) {
      if (match[0] === '{') depth += 1;
      if (match[0] === '}') depth -= 1;
      if (depth === 0) return this.#advance(pattern.lastIndex);
    }
    this.#advance(this.#text.length);
  }

  #advance(to: number): void {
    for (; this.#at < to; this.#at += 1) if (this.#text[this.#at] === '\n') this.line += 1;
  }

  #skipBlanks(): void {
    for (let character = this.#text[this.#at]; character !== undefined; character = this.#text[this.#at]) {
      if (character === '#') {
        const end = this.#text.indexOf('\n', this.#at);
        this.#at = end < 0 ? this.#text.length : end;
      } else if (!SPACE.test(character)) return;
      else {
        if (character === '\n') this.line += 1;
        this.#at += 1;
      }
    }
  }

  #quoted(mark: string): string {
    let word = '';
    const { line } = this;
    this.#at += 1;
    while (this.#at < this.#text.length && this.#text[this.#at] !== mark)
      word += this.#run(QUOTED) ?? this.#character();
    if (this.#at >= this.#text.length) this.unclosedQuote = line;
    this.#at += 1;
    return word;
  }

  #bare(): string {
    let word = '';
    for (let character = this.#text[this.#at]; character !== undefined; character = this.#text[this.#at]) {
      const isVariable = character === '{' && word.endsWith('$');
      if (SPACE.test(character) || character === ';' || (character === '{' && !isVariable)) break;
      word += this.#run(BARE) ?? this.#character();
    }
    return word;
  }

  /** Reads characters without a meaning at once. They contain no line end. */
  #run(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const run = pattern.exec(this.#text)?.[0];
    this.#at += run?.length ?? 0;
    return run;
  }

  /** Reads one character of a word. nginx keeps the backslash before all but these. */
  #character(): string {
    const escaped = this.#text[this.#at] === '\\' ? this.#text[this.#at + 1] : undefined;
    const start = this.#at;
    const meaning = escaped === undefined ? undefined : ESCAPES[escaped];
    this.#advance(start + (escaped === undefined ? 1 : 2));
    return meaning ?? this.#text.slice(start, this.#at);
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '\\': '\\',
  t: '\t',
  r: '\r',
  n: '\n',
};
