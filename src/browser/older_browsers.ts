/**
 * Fills in what browsers in use still lack and the library's modules take for granted: the symbols of disposal, and streams
 * that can be iterated. The first import of each script, as classes are built with those symbols.
 *
 * @module
 */

/** What is looked at and filled in. */
export interface Scope {
  /** `Symbol`. */
  readonly Symbol: { readonly dispose?: symbol; readonly asyncDispose?: symbol };
  /** `ReadableStream`. */
  readonly ReadableStream: { readonly prototype: object };
}

async function* chunks(this: ReadableStream<unknown>): AsyncGenerator<unknown, void, void> {
  const reader = this.getReader();
  let ended = false;
  try {
    while (true) {
      const { done, value } = await reader.read();
      ended = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!ended) await reader.cancel(); // Leaving a loop cancels the rest, as where streams can do this themselves.
    reader.releaseLock();
  }
}

/** Fills a scope in; what is there stays. */
export function fillIn(scope: Scope): void {
  const { Symbol: symbols, ReadableStream: { prototype } } = scope;
  for (const name of ["dispose", "asyncDispose"] as const) {
    if (symbols[name] === undefined) Object.defineProperty(symbols, name, { value: Symbol(`Symbol.${name}`) });
  }
  if (!(Symbol.asyncIterator in prototype)) {
    Object.defineProperty(prototype, Symbol.asyncIterator, { value: chunks, configurable: true, writable: true });
  }
}

fillIn(globalThis as unknown as Scope);
