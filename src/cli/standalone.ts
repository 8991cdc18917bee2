/**
 * The `diffpose` program as one binary: like `cli.ts`, with the WebAssembly of onnxruntime-web taken out of the binary.
 *
 * @module
 */
import { useOrtWasm } from "../runtime/mod.ts";
import { COMMANDS } from "./commands/mod.ts";
import { embeddedOrtWasm } from "./embedded.ts";
import { createHost } from "./host.ts";
import { main } from "./main.ts";

if (import.meta.main) {
  useOrtWasm(embeddedOrtWasm);
  Deno.exit(await main(Deno.args, COMMANDS, createHost()));
}
