/** Smaller chunks are copied together: each would keep an object of its own that is many times its size. */
const SMALL_BYTES = 1_024;
const BLOCK_BYTES = 16 * 1_024;

const NOTHING = Buffer.alloc(0);

/** The body of an answer, as it comes in. */
export class Body {
  bytes = 0;
  /** Most answers come in one chunk, which is taken as it is. */
  #first: Buffer = NOTHING;
  #chunks: Buffer[] | undefined;
  /** Small chunks, from `#from` to `#to`, that stand after all of those. */
  #block = NOTHING;
  #from = 0;
  #to = 0;

  add(chunk: Buffer): void {
    if (this.bytes === 0) this.#first = chunk;
    else if (chunk.length < SMALL_BYTES) this.#copy(chunk);
    else this.#closed().push(chunk);
    this.bytes += chunk.length;
  }

  /** All of it. */
  whole(): Buffer {
    return this.bytes === this.#first.length ? this.#first : Buffer.concat(this.#closed(), this.bytes);
  }

  #copy(chunk: Buffer): void {
    if (this.#to + chunk.length > this.#block.length) {
      this.#closed();
      this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
      this.#from = 0;
      this.#to = 0;
    }
    this.#to += chunk.copy(this.#block, this.#to);
  }

  /** The chunks so far, with the small ones as one of them. */
  #closed(): Buffer[] {
    this.#chunks ??= [this.#first];
    if (this.#from < this.#to) this.#chunks.push(this.#block.subarray(this.#from, this.#to));
    this.#from = this.#to;
    return this.#chunks;
  }
}
