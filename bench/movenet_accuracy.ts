// deno-lint-ignore-file no-console -- it prints its results
/**
 * How well the MoveNet packs find the annotated people of some COCO pictures.
 *
 *     deno run -A bench/movenet_accuracy.ts [FOLDER]
 *
 * FOLDER holds `images/` and `person_keypoints.json`; default `../shared/data/clips/coco_cc` beside the repository.
 * Prints a table: for each way, how many of the people with annotated joints are found (OKS above 0.5), and the mean OKS
 * of those and of all. OKS as COCO defines it, over the annotated joints, with the annotated area.
 */
import { readFile } from "node:fs/promises";
import { decodeImage } from "../src/media/image.ts";
import { loadPackFrom } from "../src/runtime/pack_fs.ts";
import { openSession } from "../src/runtime/mod.ts";
import { coco17 } from "../src/skeleton/mod.ts";
import { estimatePose, findPeople } from "../src/systems/movenet/mod.ts";

interface Annotation {
  readonly image_id: number;
  readonly bbox: [number, number, number, number];
  readonly area: number;
  readonly num_keypoints: number;
  readonly keypoints: readonly number[];
}

const folder = Deno.args[0] ?? "../shared/data/clips/coco_cc";
const truth = JSON.parse(await Deno.readTextFile(`${folder}/person_keypoints.json`)) as {
  readonly images: readonly { readonly id: number; readonly file_name: string }[];
  readonly annotations: readonly Annotation[];
};
const options = { device: "wasm", threads: 1 } as const;
await using finder = await openSession(await loadPackFrom("movenet-multipose"), "person", options);
await using poser = await openSession(await loadPackFrom("movenet-thunder"), "person", options);

function oks(keypoints: Float32Array, annotation: Annotation): number {
  let sum = 0;
  for (let joint = 0; joint < 17; joint++) {
    if (annotation.keypoints[3 * joint + 2] === 0) continue;
    const d2 = (keypoints[3 * joint]! - annotation.keypoints[3 * joint]!) ** 2 +
      (keypoints[3 * joint + 1]! - annotation.keypoints[3 * joint + 1]!) ** 2;
    sum += Math.exp(-d2 / (2 * annotation.area * (2 * coco17.sigmas![joint]!) ** 2));
  }
  return sum / annotation.num_keypoints;
}

/** Best pairs first, each person and each sighting once; people without a partner get 0. */
function matched(found: readonly Float32Array[], people: readonly Annotation[]): number[] {
  const pairs = found.flatMap((keypoints, i) => people.map((person, j) => ({ i, j, value: oks(keypoints, person) })));
  const result = people.map(() => 0);
  const [usedFound, usedPeople] = [new Set<number>(), new Set<number>()];
  for (const { i, j, value } of pairs.sort((a, b) => b.value - a.value)) {
    if (usedFound.has(i) || usedPeople.has(j)) continue;
    usedFound.add(i);
    usedPeople.add(j);
    result[j] = value;
  }
  return result;
}

const scores = new Map<string, number[]>();
const sightings = new Map<string, number>();
function note(way: string, found: readonly Float32Array[], people: readonly Annotation[]): void {
  scores.set(way, [...(scores.get(way) ?? []), ...matched(found, people)]);
  sightings.set(way, (sightings.get(way) ?? 0) + found.length);
}

for (const { id, file_name } of truth.images) {
  const people = truth.annotations.filter((one) => one.image_id === id && one.num_keypoints > 0);
  const frame = await decodeImage(await readFile(`${folder}/images/${file_name}`), file_name);
  const refined = async (boxes: readonly (readonly [number, number, number, number])[]) => {
    const poses = [];
    for (const box of boxes) poses.push((await estimatePose(poser, frame, box)).keypoints);
    return poses;
  };
  for (const size of [256, 384, 512]) {
    const found = await findPeople(finder, frame, { size });
    note(`multipose ${size}`, found.map((one) => one.keypoints), people);
    note(`multipose ${size}, thunder`, await refined(found.map((one) => one.box)), people);
  }
  note("annotated boxes, thunder", await refined(people.map((one) => one.bbox)), people);
}

console.log("way | people found (OKS > 0.5) | mean OKS of those | mean OKS of all | sightings");
for (const [way, values] of scores) {
  const good = values.filter((value) => value > 0.5);
  const mean = (list: readonly number[]) =>
    (list.reduce((sum, value) => sum + value, 0) / Math.max(list.length, 1)).toFixed(3);
  console.log(`${way} | ${good.length} of ${values.length} | ${mean(good)} | ${mean(values)} | ${sightings.get(way)}`);
}
