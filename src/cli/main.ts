/**
 * Command line to exit code. The process is reached only through the {@link Host}.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import { parseCommand } from "./args.ts";
import { type CommandSpec, type Host, UsageError } from "./command.ts";
import { helpCommand, helpOverview } from "./help.ts";
import { VERSION } from "../version.ts";

/**
 * Runs one command line.
 *
 * @param argv The words after the program's name.
 * @param commands Every command there is.
 * @param host The process.
 * @returns 0 done, 1 failed, 2 wrong usage.
 */
export async function main(argv: readonly string[], commands: readonly CommandSpec[], host: Host): Promise<number> {
  const invocation = parseCommand(argv, commands);
  switch (invocation.kind) {
    case "help":
      host.out(invocation.command === undefined ? helpOverview(commands, VERSION) : helpCommand(invocation.command));
      return 0;
    case "version":
      host.out(VERSION);
      return 0;
    case "usage-error":
      return usage(host, invocation.message, invocation.command?.name);
    case "run":
      try {
        return await invocation.command.run(invocation.args, host);
      } catch (error) {
        if (error instanceof UsageError) return usage(host, error.message, invocation.command.name);
        return failed(host, error);
      }
    default:
      return invocation satisfies never;
  }
}

function usage(host: Host, message: string, command: string | undefined): number {
  host.err(`diffpose: ${message}`);
  host.err(`See: diffpose ${command === undefined ? "" : `${command} `}--help`);
  return 2;
}

/** Mistakes in the input get their message; anything else is ours, and its stack helps to mend it. */
function failed(host: Host, error: unknown): number {
  if (host.signal.aborted) {
    host.err("diffpose: stopped");
    return 1;
  }
  const known = error instanceof InputError ||
    (error instanceof Error && error.name !== "TypeError" && error.name !== "RangeError");
  host.err(
    `diffpose: ${error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error)}`,
  );
  return 1;
}
