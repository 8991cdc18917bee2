/**
 * diffpose on Deno Deploy: 2D keypoints in, 3D poses out. `deno run -A examples/edge/build.ts` makes the folder to deploy.
 *
 *     cd dist/edge/deno_deploy && deno run --allow-net --allow-read=. main.js
 */
import { createHandler, openEdgeModel, openZip, useOrtWasm } from "@diffpose/diffpose/edge";

/** Reads a file that was deployed with this one. */
const own = async (name: string): Promise<Uint8Array<ArrayBuffer>> =>
  await Deno.readFile(new URL(name, import.meta.url));

useOrtWasm(async () => {
  const { body } = new Response(await own("ort.wasm.gz"));
  return await new Response(body!.pipeThrough(new DecompressionStream("gzip"))).bytes();
});

const handler = createHandler({
  model: async () => await openEdgeModel(openZip(await own("model.zip"), "model.zip")),
  // cors: ["https://example.org"], // the pages that may call
  // token: Deno.env.get("DIFFPOSE_TOKEN"), // what requests must bear
});

Deno.serve(handler);
