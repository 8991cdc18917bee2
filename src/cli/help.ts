/**
 * Help texts, printed from the same tables that the parser reads.
 *
 * @module
 */
import type { CommandSpec } from "./command.ts";

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(30, Math.max(...rows.map(([left]) => left.length)));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

/** The list of commands. */
export function helpOverview(commands: readonly CommandSpec[], version: string): string {
  return [
    `diffpose ${version}: human pose estimation by diffusion, 2D and 3D, with an error bar on every joint`,
    "",
    "Usage: diffpose <command> …",
    "",
    ...table(commands.map((command) => [command.name, command.summary])),
    "",
    "diffpose <command> --help shows the flags. Exit codes: 0 done, 1 failed, 2 wrong usage.",
    "Results go to files or stdout, progress and warnings to stderr.",
  ].join("\n");
}

/** One command with its flags. */
export function helpCommand(command: CommandSpec): string {
  const rows = Object.entries(command.flags).map(([name, flag]): [string, string] => {
    const short = flag.short === undefined ? "" : `-${flag.short}, `;
    const value = flag.type === "boolean" ? "" : ` ${flag.choices?.join("|") ?? flag.placeholder ?? "VALUE"}`;
    const standard = flag.default === undefined ? "" : ` (default ${flag.default})`;
    return [`${short}--${name}${value}`, `${flag.describe}${standard}`];
  });
  const positional = command.positionals.max === 0 ? "" : ` ${command.positionals.name}`;
  return [
    `diffpose ${command.name}: ${command.summary}`,
    "",
    `Usage: diffpose ${command.name}${positional}${rows.length > 0 ? " [flags]" : ""}`,
    ...(positional === "" ? [] : ["", ...table([[command.positionals.name, command.positionals.describe]])]),
    ...(command.lists ?? []).flatMap((list) => ["", `${list.title}:`, ...table(list.rows)]),
    ...(rows.length === 0 ? [] : ["", "Flags:", ...table(rows)]),
    ...(command.examples === undefined ? [] : ["", "Examples:", ...command.examples.map((line) => `  ${line}`)]),
  ].join("\n");
}
