import assert from "node:assert/strict";
import fc from "fast-check";
import { nearest, parseCommand } from "../../src/cli/args.ts";
import { type CommandSpec, numberFlag, UsageError } from "../../src/cli/command.ts";
import { helpCommand, helpOverview } from "../../src/cli/help.ts";

const COMMAND: CommandSpec = {
  name: "lift",
  summary: "2D to 3D",
  positionals: { name: "FILE", min: 1, max: 1, describe: "keypoints" },
  flags: {
    steps: { type: "string", placeholder: "N", default: "5", describe: "steps" },
    device: { type: "string", choices: ["auto", "wasm"], default: "auto", describe: "device" },
    quiet: { type: "boolean", describe: "quiet" },
    "out-dir": { type: "string", short: "o", placeholder: "DIR", describe: "folder" },
  },
  run: () => Promise.resolve(0),
};

Deno.test("parseCommand() reads flags, defaults and positionals", () => {
  const found = parseCommand(["lift", "a.json", "--steps=9", "-o", "x", "--quiet"], [COMMAND]);
  assert.equal(found.kind, "run");
  if (found.kind !== "run") return;
  assert.deepEqual(found.args.positionals, ["a.json"]);
  assert.deepEqual({ ...found.args.flags }, { steps: "9", device: "auto", quiet: true, "out-dir": "x" });
});

Deno.test("parseCommand() names the nearest command and flag", () => {
  const command = parseCommand(["lfit"], [COMMAND]);
  assert.match(command.kind === "usage-error" ? command.message : "", /no command "lfit" \(did you mean lift\?\)/);
  const flag = parseCommand(["lift", "a", "--step", "3"], [COMMAND]);
  assert.match(flag.kind === "usage-error" ? flag.message : "", /no flag --step \(did you mean --steps\?\)/);
});

Deno.test("parseCommand() refuses a value outside the choices and a wrong number of positionals", () => {
  for (const words of [["lift", "a", "--device", "tpu"], ["lift"], ["lift", "a", "b"], ["lift", "a", "--steps"]]) {
    assert.equal(parseCommand(words, [COMMAND]).kind, "usage-error", words.join(" "));
  }
});

Deno.test("parseCommand() never throws, whatever the words", () => {
  fc.assert(fc.property(fc.array(fc.string()), (words) => {
    assert.ok(["run", "help", "version", "usage-error"].includes(parseCommand(words, [COMMAND]).kind));
  }));
});

Deno.test("parseCommand() shows help for --help anywhere and for no words", () => {
  for (const words of [[], ["--help"], ["help"], ["help", "lift"], ["lift", "--help"]]) {
    assert.equal(parseCommand(words, [COMMAND]).kind, "help", words.join(" "));
  }
});

Deno.test("numberFlag() keeps its rule", () => {
  const read = (text: string): number | undefined =>
    numberFlag({ positionals: [], flags: { steps: text } }, "steps", { min: 1, max: 50, integer: true });
  assert.equal(read("7"), 7);
  for (const bad of ["0", "51", "1.5", "", "x", "NaN", "1e99"]) assert.throws(() => read(bad), UsageError, bad);
});

Deno.test("nearest() finds a word with one letter changed and nothing for a far one", () => {
  assert.equal(nearest("docter", ["run", "doctor"]), "doctor");
  assert.equal(nearest("banana", ["run", "doctor"]), undefined);
});

Deno.test("help lists every flag with its default, and every command", () => {
  const text = helpCommand(COMMAND);
  for (const name of Object.keys(COMMAND.flags)) assert.ok(text.includes(`--${name}`), name);
  assert.ok(text.includes("(default 5)"));
  assert.ok(helpOverview([COMMAND], "1.2.3").includes("2D to 3D"));
});
