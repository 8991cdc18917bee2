/**
 * Time of the MoveNet graphs and of their decoding. One process has one thread count, so run it once for each:
 *
 *     DIFFPOSE_BENCH_THREADS=1 deno bench -A bench/movenet_bench.ts
 *     DIFFPOSE_BENCH_THREADS=2 deno bench -A bench/movenet_bench.ts
 *
 * It needs the packs that `deno task setup` makes.
 */
import { decodeImage } from "../src/media/image.ts";
import { loadPackFrom } from "../src/runtime/pack_fs.ts";
import { openSession } from "../src/runtime/mod.ts";
import { decodeMultiple, decodeSingle, estimatePose, findPeople, readHeads } from "../src/systems/movenet/mod.ts";

const threads = Number(Deno.env.get("DIFFPOSE_BENCH_THREADS") ?? "1");
const path = new URL("../fixtures/images/pose.jpg", import.meta.url);
const frame = await decodeImage(await Deno.readFile(path), "pose.jpg");
const options = { device: "wasm", threads } as const;
const multipose = await openSession(await loadPackFrom("movenet-multipose"), "person", options);
const thunder = await openSession(await loadPackFrom("movenet-thunder"), "person", options);
const input = (height: number, width: number) => ({
  image: { data: new Float32Array(3 * height * width).fill(100), dims: [1, 3, height, width] },
});
const box = (await findPeople(multipose, frame))[0]!.box;
const multipleHeads = readHeads(await multipose.run(input(192, 256)));
const singleHeads = readHeads(await thunder.run(input(256, 256)));

Deno.bench("findPeople() 1000x667 at 256", { group: "person" }, async () => {
  await findPeople(multipose, frame);
});
Deno.bench("findPeople() 1000x667 at 512", { group: "person" }, async () => {
  await findPeople(multipose, frame, { size: 512 });
});
Deno.bench("estimatePose() one crop", { group: "person", baseline: true }, async () => {
  await estimatePose(thunder, frame, box);
});
Deno.bench("thunder graph 256x256", { group: "person" }, async () => {
  await thunder.run(input(256, 256));
});
Deno.bench("decodeSingle() 17x64x64", { group: "decode", baseline: true }, () => {
  decodeSingle(singleHeads);
});
Deno.bench("decodeMultiple() 17x48x64, six people", { group: "decode" }, () => {
  decodeMultiple(multipleHeads);
});
