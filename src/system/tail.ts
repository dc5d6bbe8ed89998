/** The last octets of what comes along, without ever holding more than twice as many. */
export class Tail {
  readonly #limit: number;
  #chunks: Uint8Array[] = [];
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size > 2 * this.#limit) this.#shorten();
  }

  text(): string {
    this.#shorten();
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  #shorten(): void {
    const last = Buffer.concat(this.#chunks).subarray(-this.#limit);
    this.#chunks = [last];
    this.#size = last.length;
  }
}
