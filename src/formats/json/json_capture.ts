/**
 * The bytes of one JSON value, found across chunks without parsing them.
 *
 * @module
 */

const [QUOTE, COMMA, OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [...'",[\\]{}']
  .map((letter) => letter.charCodeAt(0)) as [number, number, number, number, number, number, number];

/** Whether a byte is one of the four that JSON allows between values. */
export function isJsonSpace(byte: number): boolean {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9;
}

/** One value on its way in. Used again for the next one after {@link JsonCapture.text}. */
export class JsonCapture {
  #kind: "none" | "string" | "nested" | "bare" = "none";
  #keep = true;
  #pieces: Uint8Array[] = [];
  #length = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;

  /** True between {@link JsonCapture.begin} and {@link JsonCapture.text}. */
  get active(): boolean {
    return this.#kind !== "none";
  }

  /** True for a number or a word, which only what follows it can end. */
  get bare(): boolean {
    return this.#kind === "bare";
  }

  /** Whether the bytes are held; false for a value that is passed over. */
  get kept(): boolean {
    return this.#keep;
  }

  /** Bytes that are held. */
  get length(): number {
    return this.#length;
  }

  /**
   * Begins a value.
   *
   * @param first Its first byte, not yet taken.
   * @param keep Whether its bytes are wanted.
   */
  begin(first: number, keep: boolean): void {
    this.#kind = first === QUOTE ? "string" : first === OPEN_LIST || first === OPEN_OBJECT ? "nested" : "bare";
    this.#keep = keep;
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
  }

  /**
   * Takes the bytes of the value out of a chunk.
   *
   * @param chunk The bytes. They are held, not copied.
   * @param from Where the value begins or goes on.
   * @returns Index after its last byte, or -1 when it goes on in the next chunk.
   */
  take(chunk: Uint8Array, from: number): number {
    const end = this.#kind === "bare" ? this.#scanBare(chunk, from) : this.#scan(chunk, from);
    if (this.#keep) {
      const piece = chunk.subarray(from, end < 0 ? chunk.length : end);
      this.#length += piece.length;
      this.#pieces.push(piece);
    }
    return end;
  }

  /**
   * Ends the value.
   *
   * @returns Its text.
   * @throws {TypeError} If it is no UTF-8.
   */
  text(): string {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const last = this.#pieces.length - 1;
    const text = this.#pieces.map((piece, i) => decoder.decode(piece, { stream: i < last })).join("");
    this.#kind = "none";
    this.#pieces = [];
    this.#length = 0;
    return text;
  }

  #scanBare(chunk: Uint8Array, from: number): number {
    for (let i = from; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_OBJECT || isJsonSpace(byte)) return i;
    }
    return -1;
  }

  #scan(chunk: Uint8Array, from: number): number {
    const alone = this.#kind === "string";
    let [depth, inString, escaped] = [this.#depth, this.#inString, this.#escaped];
    for (let i = from; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) {
          inString = false;
          if (alone) return i + 1;
        }
      } else if (byte === QUOTE) inString = true;
      else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth++;
      else if ((byte === CLOSE_LIST || byte === CLOSE_OBJECT) && --depth === 0) return i + 1;
    }
    [this.#depth, this.#inString, this.#escaped] = [depth, inString, escaped];
    return -1;
  }
}
