/**
 * Every command, in the order of the help text.
 *
 * @module
 */
import type { CommandSpec } from "../command.ts";
import { COMMAND as pose } from "./pose.ts";
import { COMMAND as run } from "./run.ts";
import { COMMAND as setup } from "./setup.ts";

/** Every command. */
export const COMMANDS: readonly CommandSpec[] = [run, pose, setup];
