/**
 * diffpose as a Supabase Edge Function: 2D keypoints in, 3D poses out. `deno run -A examples/edge/build.ts` makes the
 * folder to deploy.
 *
 * Supabase offers its own, native onnxruntime, which is then used; the WebAssembly is there for other hosts of the function.
 */
import { createHandler, openEdgeModel, openZip, useOrtWasm } from "@diffpose/diffpose/edge";

/** Reads a static file of this function (see `config.toml`). */
const own = async (name: string): Promise<Uint8Array<ArrayBuffer>> =>
  await Deno.readFile(new URL(name, import.meta.url));

useOrtWasm(async () => {
  const { body } = new Response(await own("ort.wasm.gz"));
  return await new Response(body!.pipeThrough(new DecompressionStream("gzip"))).bytes();
});

const handler = createHandler({
  base: "/diffpose", // the name of the function is the first part of its path
  model: async () => await openEdgeModel(openZip(await own("model.zip"), "model.zip")),
  cors: "*", // Supabase asks for a key of the project before a request comes here
});

Deno.serve(handler);
