// deno-lint-ignore-file no-console -- it prints its results
/**
 * The library in ten lines: 2D points out of a file of any format, 3D poses with an error bar on every joint.
 *
 *     deno run -A examples/ten_lines.ts fixtures/formats/diffpose.ndjson
 *
 * Prints the first person in the middle of the first 27 frames; where the file has fewer, its last frame is repeated.
 */
import { estimateWindow, layouts, openSystem, readKeypoints2d } from "@diffpose/diffpose";
import { fileSource, loadPackFrom } from "@diffpose/diffpose/fs";

const clip = await readKeypoints2d(await fileSource(Deno.args[0] ?? "poses.ndjson"));
const seen = (await Array.fromAsync(clip.frames())).filter(({ people }) => people.length > 0);
const frames = Array.from({ length: 27 }, (_, i) => seen[Math.min(i, seen.length - 1)]!);
const points = Float32Array.from(frames.flatMap(({ people }) => [...people[0]!.keypoints]));

await using system = await openSystem(await loadPackFrom("diffpose-3d"), { device: "auto" });
const window = { person: 1, frames: frames.map(({ index }) => index), points, width: clip.width, height: clip.height };
const { poses, sigma } = await estimateWindow(system, window, { steps: 5, hypotheses: 5, seed: 0 });

layouts.h36m17.joints.forEach((joint, j) => {
  const [x, y, z] = poses.subarray((13 * 17 + j) * 3).map((metres) => Math.round(metres * 1000));
  console.log(`${joint}: ${x}, ${y}, ${z} mm from the pelvis, ± ${Math.round(sigma[13 * 17 + j]! * 1000)} mm`);
});
