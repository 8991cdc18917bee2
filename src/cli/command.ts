/**
 * What a command of the command line is: a table of positionals and flags, and a function that returns an exit code.
 * Help texts and the parser both read the table, so they cannot drift apart.
 *
 * @module
 */

/** The process as a command sees it. Results go to `out`, progress and warnings to `err`. */
export interface Host {
  /** Writes a line of results to stdout. */
  out(line: string): void;
  /** Writes a line to stderr. */
  err(line: string): void;
  /** Rewrites the last line of stderr where that is a terminal; elsewhere does nothing. */
  status(line: string): void;
  /** Aborted at Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** True when stderr is a terminal. */
  readonly isErrTerminal: boolean;
  /** Value of an environment variable. */
  env(name: string): string | undefined;
}

/** One flag: `--name`, or `--name PLACEHOLDER`. */
export interface FlagSpec {
  /** `"boolean"` takes no value. */
  readonly type: "string" | "boolean";
  /** One letter, used as `-o`. */
  readonly short?: string;
  /** Name of the value in the help text. */
  readonly placeholder?: string;
  /** Value when the flag is not given. */
  readonly default?: string;
  /** Values that are allowed, when they can be listed. */
  readonly choices?: readonly string[];
  /** One sentence without full stop. */
  readonly describe: string;
}

/** Flags and positionals after parsing. */
export interface ParsedArgs {
  /** The words that are not flags. */
  readonly positionals: readonly string[];
  /** Flag values by long name; absent when neither given nor defaulted. */
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
}

/** A titled list of a help text: what a positional may be, and what each choice means. */
export interface HelpList {
  /** One line above it, without colon. */
  readonly title: string;
  /** A word and what it means. */
  readonly rows: readonly (readonly [word: string, describe: string])[];
}

/** One command. */
export interface CommandSpec {
  /** The verb. */
  readonly name: string;
  /** One sentence without full stop, for the list of commands. */
  readonly summary: string;
  /** The words after the verb. `max` may be `Infinity`. */
  readonly positionals: {
    readonly name: string;
    readonly min: number;
    readonly max: number;
    readonly describe: string;
  };
  /** Flags by long name. */
  readonly flags: Readonly<Record<string, FlagSpec>>;
  /** Lists that the help text shows between the positionals and the flags. */
  readonly lists?: readonly HelpList[];
  /** Full command lines that work. */
  readonly examples?: readonly string[];
  /** Does the work. Returns the exit code: 0 done, 1 failed. Throws {@link UsageError} for exit code 2. */
  run(args: ParsedArgs, host: Host): Promise<number>;
}

/** The words on the command line do not fit the command. Exit code 2. */
export class UsageError extends Error {
  /** Always `"UsageError"`. */
  override readonly name: string = "UsageError";
}

/** Reads a string flag. */
export function stringFlag(args: ParsedArgs, name: string): string | undefined {
  const value = args.flags[name];
  return typeof value === "string" ? value : undefined;
}

/** Reads a boolean flag; absent is false. */
export function booleanFlag(args: ParsedArgs, name: string): boolean {
  return args.flags[name] === true;
}

/** Rules for a number on the command line. */
export interface NumberRule {
  /** Smallest value allowed. */
  readonly min: number;
  /** Largest value allowed. @default {Infinity} */
  readonly max?: number;
  /** Only whole numbers. @default {false} */
  readonly integer?: boolean;
}

/**
 * Reads a number flag.
 *
 * @throws {UsageError} If the text is not a number that keeps the rule.
 */
export function numberFlag(args: ParsedArgs, name: string, rule: NumberRule): number | undefined {
  const text = stringFlag(args, name);
  if (text === undefined) return undefined;
  const { min, max = Infinity, integer = false } = rule;
  const value = text.trim() === "" ? NaN : Number(text);
  if (!(value >= min && value <= max) || (integer && !Number.isSafeInteger(value))) {
    const kind = integer ? "a whole number" : "a number";
    const range = max === Infinity ? `of at least ${min}` : `from ${min} to ${max}`;
    throw new UsageError(`--${name} takes ${kind} ${range}: "${text}"`);
  }
  return value;
}
