/**
 * Every command, in the order of the help text.
 *
 * @module
 */
import type { CommandSpec } from "../command.ts";
import { COMMAND as bench } from "./bench.ts";
import { COMMAND as convert } from "./convert.ts";
import { COMMAND as doctor } from "./doctor.ts";
import { COMMAND as evaluate } from "./eval.ts";
import { COMMAND as lift } from "./lift.ts";
import { COMMAND as models } from "./models.ts";
import { COMMAND as pose } from "./pose.ts";
import { COMMAND as run } from "./run.ts";
import { COMMAND as serve } from "./serve.ts";
import { COMMAND as setup } from "./setup.ts";
import { COMMAND as view } from "./view.ts";

/** Every command. */
export const COMMANDS: readonly CommandSpec[] = [
  run,
  pose,
  lift,
  convert,
  evaluate,
  view,
  serve,
  models,
  doctor,
  bench,
  setup,
];
