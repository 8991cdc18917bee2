/**
 * The `diffpose` program: builds the host and runs one command line.
 *
 * @module
 */
import { COMMANDS } from "./src/cli/commands/mod.ts";
import { useEmbedded } from "./src/cli/embedded.ts";
import { createHost } from "./src/cli/host.ts";
import { main } from "./src/cli/main.ts";

if (import.meta.main) {
  useEmbedded();
  Deno.exit(await main(Deno.args, COMMANDS, createHost()));
}
