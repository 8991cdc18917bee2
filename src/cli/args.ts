/**
 * Text to command: pure, prints nothing, never exits.
 *
 * @module
 */
import { parseArgs as parseWords } from "node:util";
import type { CommandSpec, ParsedArgs } from "./command.ts";

/** What a command line asks for. */
export type Invocation =
  | { readonly kind: "run"; readonly command: CommandSpec; readonly args: ParsedArgs }
  | { readonly kind: "help"; readonly command?: CommandSpec }
  | { readonly kind: "version" }
  | { readonly kind: "usage-error"; readonly message: string; readonly command?: CommandSpec };

/** Edit distance with single-letter changes (two swapped letters count twice), for "did you mean". */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** The nearest of `names` when it is near enough to be meant. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const best = names.map((name) => ({ name, far: distance(word, name) })).sort((a, b) => a.far - b.far)[0];
  return best !== undefined && best.far <= Math.max(2, Math.floor(word.length / 3)) ? best.name : undefined;
}

/** ` (did you mean …?)` where one of `names` is near enough, else nothing. */
export function hint(word: string, names: readonly string[], prefix = ""): string {
  const meant = nearest(word, names);
  return meant === undefined ? "" : ` (did you mean ${prefix}${meant}?)`;
}

/** A flag's value may start with a dash only when it is written `--flag=value`; node:util explains that well enough. */
function reason(error: unknown): string {
  return error instanceof Error ? error.message.split("\n")[0]! : String(error);
}

/**
 * Reads a command line.
 *
 * @param argv The words after the program's name.
 * @param commands Every command there is.
 * @returns What to do; a misspelt command or flag comes back as a usage error that names the nearest one.
 */
export function parseCommand(argv: readonly string[], commands: readonly CommandSpec[]): Invocation {
  const [verb, ...rest] = argv;
  if (verb === undefined || verb === "--help" || verb === "-h" || (verb === "help" && rest.length === 0)) {
    return { kind: "help" };
  }
  if (verb === "--version" || verb === "-V") return { kind: "version" };
  const wanted = verb === "help" ? rest[0]! : verb;
  const command = commands.find((candidate) => candidate.name === wanted);
  if (command === undefined) {
    const known = commands.map((candidate) => candidate.name);
    return { kind: "usage-error", message: `There is no command "${wanted}"${hint(wanted, known)}` };
  }
  if (verb === "help") return { kind: "help", command };
  return parseFlags(command, rest);
}

function parseFlags(command: CommandSpec, words: readonly string[]): Invocation {
  const bad = (message: string): Invocation => ({ kind: "usage-error", message, command });
  const options: Record<string, { type: "string" | "boolean"; short?: string }> = {
    help: { type: "boolean", short: "h" },
  };
  for (const [name, flag] of Object.entries(command.flags)) {
    options[name] = flag.short === undefined ? { type: flag.type } : { type: flag.type, short: flag.short };
  }
  let parsed;
  try {
    parsed = parseWords({ args: [...words], options, allowPositionals: true, strict: true });
  } catch (error) {
    const unknown = words.find((word) => word.startsWith("--") && !(word.slice(2).split("=")[0]! in options));
    if (unknown !== undefined) {
      const name = unknown.slice(2).split("=")[0]!;
      return bad(`${command.name} has no flag --${name}${hint(name, Object.keys(options), "--")}`);
    }
    return bad(reason(error));
  }
  if (parsed.values["help"] === true) return { kind: "help", command };
  const flags: Record<string, string | boolean | undefined> = {};
  for (const [name, flag] of Object.entries(command.flags)) {
    const value = (parsed.values[name] as string | boolean | undefined) ?? flag.default;
    if (flag.choices !== undefined && value !== undefined && !flag.choices.includes(String(value))) {
      return bad(`--${name} takes one of ${flag.choices.join(", ")}: "${value}"`);
    }
    flags[name] = value;
  }
  const { positionals } = command;
  if (parsed.positionals.length < positionals.min) {
    return bad(`${command.name} needs ${positionals.name}: ${positionals.describe}`);
  }
  if (parsed.positionals.length > positionals.max) {
    return bad(
      `${command.name} takes at most ${positionals.max} of ${positionals.name}: ${parsed.positionals.length} given`,
    );
  }
  return { kind: "run", command, args: { positionals: parsed.positionals, flags } };
}
