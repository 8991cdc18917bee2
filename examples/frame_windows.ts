// deno-lint-ignore-file no-console -- it prints its results
/**
 * Frame windows by hand: which windows a clip has, which of them some frames need, and how their results are blended. Any
 * range of frames can be computed alone, later or elsewhere, and comes out the same to the last bit.
 *
 *     deno run -A examples/frame_windows.ts
 */
import { estimateWindow, openSystem, type System } from "@diffpose/diffpose";
import { frameShares, planWindows, windowAt, type WindowPlan, windowsTouching } from "@diffpose/diffpose/core";
import { loadPackFrom } from "@diffpose/diffpose/fs";
import { HEIGHT, wavingPerson, WIDTH } from "./waving_person.ts";

const VALUES = 17 * 3;

/** 3D poses of a range of frames, `[to - from, 17, 3]` metres. */
async function poseRange(system: System, plan: WindowPlan, from: number, to: number): Promise<Float32Array> {
  const poses = new Float32Array((to - from) * VALUES);
  const windows = new Map<number, Float32Array>();
  for (const index of windowsTouching(plan, from, to)) {
    const { frames } = windowAt(plan, index);
    const points = Float32Array.from(frames.flatMap((frame) => [...wavingPerson(frame)]));
    const estimate = await estimateWindow(system, { person: 1, frames, points, width: WIDTH, height: HEIGHT });
    windows.set(index, estimate.poses);
  }
  for (let frame = from; frame < to; frame++) {
    for (const { window, slot, weight } of frameShares(plan, frame)) {
      const part = windows.get(window)!.subarray(slot * VALUES, (slot + 1) * VALUES);
      part.forEach((value, i) => poses[(frame - from) * VALUES + i]! += weight * value);
    }
  }
  return poses;
}

await using system = await openSystem(await loadPackFrom("diffpose-3d"), { device: "wasm" });
const plan = planWindows(90, { size: 27, hop: 18 });
console.log(`frames 40 to 49 need windows ${windowsTouching(plan, 40, 50).join(", ")}`);
for (const { window, slot, weight } of frameShares(plan, 40)) {
  console.log(`frame 40 is entry ${slot} of window ${window}, weight ${weight.toFixed(3)}`);
}
const all = await poseRange(system, plan, 0, 90);
const some = await poseRange(system, plan, 40, 50);
const same = some.every((value, i) => value === all[40 * VALUES + i]);
console.log(`frames 40 to 49 alone: ${same ? "the same" : "NOT the same"} as out of the whole clip`);
if (!same) Deno.exit(1);
