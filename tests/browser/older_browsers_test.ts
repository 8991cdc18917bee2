import assert from "node:assert/strict";
import { fillIn } from "../../src/browser/older_browsers.ts";

/** A stream class without iteration. */
function plainStreams() {
  return class {
    cancelled = 0;
    #left = [1, 2, 3];
    getReader() {
      return {
        read: () => {
          const value = this.#left.shift();
          return Promise.resolve({ done: value === undefined, value });
        },
        cancel: () => Promise.resolve(this.cancelled++),
        releaseLock: () => {},
      };
    }
  };
}

Deno.test("fillIn() gives symbols and streams that lack them what the library needs", async () => {
  const Plain = plainStreams();
  const symbols: { dispose?: symbol; asyncDispose?: symbol } = {};
  fillIn({ Symbol: symbols, ReadableStream: Plain });
  assert.equal(typeof symbols.dispose, "symbol");
  assert.notEqual(symbols.dispose, symbols.asyncDispose);
  const whole = new Plain() as unknown as AsyncIterable<number> & { cancelled: number };
  assert.deepEqual(await Array.fromAsync(whole), [1, 2, 3]);
  assert.equal(whole.cancelled, 0);
  const left = new Plain() as unknown as AsyncIterable<number> & { cancelled: number };
  for await (const value of left) if (value === 2) break;
  assert.equal(left.cancelled, 1);
});

Deno.test("fillIn() leaves what is there", () => {
  const before = [Symbol.dispose, Symbol.asyncDispose, ReadableStream.prototype[Symbol.asyncIterator]];
  fillIn({ Symbol, ReadableStream });
  assert.deepEqual([Symbol.dispose, Symbol.asyncDispose, ReadableStream.prototype[Symbol.asyncIterator]], before);
});
