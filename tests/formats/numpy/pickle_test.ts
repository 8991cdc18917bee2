import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../../../src/core/errors.ts";
import { rootPlace } from "../../../src/formats/fields.ts";
import { PICKLE_LIMITS, readPickle } from "../../../src/formats/numpy/pickle.ts";
import { bytesOf, pickleFixtures, plainValue } from "../numpy_fixtures.ts";

const PLACE = rootPlace("a.npz");
const { value, valid, hostile } = pickleFixtures();
const read = (bytes: Uint8Array) => readPickle(bytes, PLACE);
const text = (content: string) => Uint8Array.from(content, (character) => character.charCodeAt(0));

function refuses(bytes: Uint8Array, message: RegExp, hint = ""): void {
  assert.throws(() => read(bytes), (error) => {
    assert.ok(error instanceof InputError, `${hint} ${error}`);
    assert.match(error.message, message, hint);
    return true;
  });
}

Deno.test("readPickle() reads data and arrays of every protocol as Python does", () => {
  assert.equal(Object.keys(valid).length, 6);
  for (const [name, pickle] of Object.entries(valid)) assert.deepEqual(plainValue(read(bytesOf(pickle))), value, name);
});

Deno.test("readPickle() reads what Python 2 wrote", () => {
  // {'x': 'a\xff"', u'y': 3L} by hand after pickletools: protocol 0 and 2 of Python 2
  assert.deepEqual(
    plainValue(read(text("(dp0\nS'x'\np1\nS'a\\xff\"'\np2\nsVy\\u0041\np3\nL3L\ns."))),
    { dict: [["x", 'a\xff"'], ["yA", 3]] },
  );
  assert.deepEqual(plainValue(read(text("\x80\x02}(U\x01xT\x02\0\0\0a\xffu."))), { dict: [["x", "a\xff"]] });
});

Deno.test("readPickle() names what a hostile pickle wanted, and runs nothing", () => {
  const wanted: Readonly<Record<string, RegExp>> = {
    system: /^a\.npz, byte \d+ of the pickle: must hold data only: it asks for posix\.system, which would run code$/,
    eval: /it asks for (__builtin__|builtins)\.eval, which would run code/,
    exec: /it asks for (__builtin__|builtins)\.exec, which would run code/,
    getattr: /it asks for (__builtin__|builtins)\.getattr, which would run code/,
    instance: /it asks for (__main__\.Plain|copy_reg\._reconstructor), which would run code/,
    nested: /it asks for posix\.system/,
    class: /it asks for __main__\.Plain/,
    inst: /it asks for os\.system/,
    obj: /it asks for os\.system/,
    newobj: /instruction NEWOBJ, which would run code/,
    persid: /instruction PERSID, which would run code/,
    ext: /instruction EXT1, which would run code/,
    buffer: /instruction NEXT_BUFFER, which would run code/,
    set: /must be instructions of plain data: 0x8f/,
    laughs: /must hold at most 16777216 values/,
    cycle: /must be at most 64 levels deep/,
    claims: /must be whole: 4 of 4611686018427388000 bytes left/,
    again: /must not unpack its bytes many times/,
  };
  for (const [name, pickle] of Object.entries(hostile)) {
    const message = wanted[name.replace(/\d$/, "")];
    assert.ok(message !== undefined, name);
    refuses(bytesOf(pickle), message, name);
  }
});

Deno.test("readPickle() refuses known names used for anything but data", () => {
  const array = "cnumpy.core.multiarray\n_reconstruct\n";
  refuses(text(`${array}(cnumpy\ndtype\n(I0\nttR.`), /must build arrays of the class numpy\.ndarray/);
  refuses(text("cnumpy\nndarray\n)R."), /would run code: calls the name of array class/);
  refuses(text("I1\n)R."), /would run code: calls a value/);
  refuses(text("](I1\nI2\nlb."), /would run code: sets the state of a list/);
  refuses(text("cnumpy\ndtype\n."), /must hold finished values/);
  refuses(text(`${array}(cnumpy\nndarray\n(ttR.`), /must hold finished values/);
  refuses(text("c_codecs\nencode\n(S'x'\nS'rot13'\ntR."), /must encode texts as latin1/);
  refuses(text("cnumpy\nload\n."), /it asks for numpy\.load/);
  refuses(text("cconstructor\n__proto__\n."), /it asks for constructor\.__proto__/);
});

Deno.test("readPickle() keeps its limits", () => {
  const repeat = (start: string, piece: string, times: number, end: string) => text(start + piece.repeat(times) + end);
  refuses(repeat(")", "\x85", 100_000, "."), /must be at most 64 levels deep/);
  refuses(repeat("", "]", 2_000_000, "."), /must put at most 1048576 values on its stack/);
  refuses(repeat("", "(", 2_000_000, "."), /must put at most 1048576 values on its stack/);
  const few = { ...PICKLE_LIMITS, instructions: 100 };
  assert.throws(() => readPickle(repeat("", "N0", 100, "N."), PLACE, few), /must have at most 100 instructions/);
  refuses(text("\x8b\x40\x42\x0f\0"), /must have integers of at most 64 bits: 1000000 bytes/);
  refuses(text(`I${"9".repeat(50)}\n.`), /must be a number/);
  refuses(text("N.N."), /must end with its last instruction: 2 bytes after it/);
});

Deno.test("readPickle() refuses pickles that are cut anywhere", () => {
  for (const [name, pickle] of Object.entries(valid)) {
    const whole = bytesOf(pickle);
    for (let length = 0; length < whole.length; length += 7) refuses(whole.subarray(0, length), /a\.npz/, name);
  }
});

Deno.test("readPickle() on 10,000 damaged pickles gives data or an InputError, nothing else", () => {
  const all = [...Object.values(valid), ...Object.values(hostile)].map(bytesOf).filter((bytes) =>
    bytes.length < 10_000
  );
  const change = fc.record({ at: fc.nat(10_000), byte: fc.nat(255), kind: fc.constantFrom("set", "cut", "add") });
  fc.assert(
    fc.property(fc.constantFrom(...all), fc.array(change, { minLength: 1, maxLength: 6 }), (pickle, changes) => {
      const bytes = [...pickle];
      for (const { at, byte, kind } of changes) {
        if (kind === "set") bytes[at % bytes.length] = byte;
        else bytes.splice(at % bytes.length, kind === "cut" ? 1 : 0, ...(kind === "add" ? [byte] : []));
      }
      try {
        plainValue(read(Uint8Array.from(bytes)));
      } catch (error) {
        assert.ok(error instanceof InputError, String(error));
      }
    }),
    { numRuns: 10_000, seed: 1 },
  );
});
