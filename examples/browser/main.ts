/// <reference lib="dom" />
/**
 * A page of one's own: a file in, a line for each person in each frame. See `build.ts` for how it is made.
 *
 * @module
 */
import { type Estimator, openEstimator, openFileClip } from "../../src/browser/mod.ts";

/** Hashes of the packs, by name: the page takes no others. Written by `build.ts`. */
type Packs = Readonly<Record<"movenet-multipose" | "movenet-thunder" | "diffpose-3d", string>>;

const state = document.querySelector("#state")!;
const people = document.querySelector("#people")!;
const here = (path: string): string => new URL(path, import.meta.url).href;

let estimator: Estimator | undefined;

async function show(file: File): Promise<void> {
  people.replaceChildren();
  const packs = await (await fetch("packs.json")).json() as Packs;
  estimator ??= await openEstimator({
    worker: () => new Worker(here("worker.js"), { type: "module" }),
    packs: {
      multipose: { url: here("models/movenet-multipose/"), sha256: packs["movenet-multipose"] },
      thunder: { url: here("models/movenet-thunder/"), sha256: packs["movenet-thunder"] },
      lifter: { url: here("models/diffpose-3d/"), sha256: packs["diffpose-3d"] },
    },
    ort: here("ort/"),
    device: "auto",
    threads: crossOriginIsolated ? null : 1,
    onLoading: (name, bytes) => state.textContent = `${name}: ${(bytes / 1e6).toFixed(1)} MB`,
  });
  const clip = await openFileClip(file, new AbortController().signal);
  for await (const record of estimator.run(clip)) {
    if (record.type !== "frame") continue;
    for (const { id, keypoints3d = [] } of record.people) {
      const spread = keypoints3d.reduce((sum, [, , , sigma]) => sum + sigma, 0) / keypoints3d.length;
      const item = document.createElement("li");
      item.textContent = `frame ${record.index}, person ${id}: joints known to ${(100 * spread).toFixed(1)} cm`;
      people.append(item);
    }
  }
  clip[Symbol.dispose]();
  state.textContent = `Done, on ${estimator.facts.device}.`;
}

document.querySelector("#file")!.addEventListener("change", (event) => {
  const file = (event.target as HTMLInputElement).files?.[0];
  if (file === undefined) return;
  state.textContent = "Working …";
  show(file).catch((error: Error) => state.textContent = error.message);
});
