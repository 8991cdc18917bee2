/**
 * Group pictures with exact joints: four rendered pictures of several people each in one, and what of the people in them was
 * found.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FrameRecord } from "../src/formats/record.ts";
import { decodeImage, type Frame } from "../src/media/mod.ts";
import { objectKeypointSimilarity, oksVariances } from "../src/metrics/oks.ts";
import { coco17 } from "../src/skeleton/mod.ts";
import { boxIou } from "../src/track/mod.ts";

/** An annotated person, as in a COCO file. */
export interface CrowdAnnotation {
  readonly id: number;
  readonly image_id: number;
  readonly category_id: number;
  readonly bbox: readonly [number, number, number, number];
  readonly area: number;
  readonly iscrowd: number;
  readonly keypoints: readonly number[];
  readonly num_keypoints: number;
}

/** A group picture and the people in it. */
export interface CrowdPicture {
  readonly picture: Frame;
  readonly people: readonly CrowdAnnotation[];
}

/**
 * Pictures of one size side by side, from left to right and down.
 *
 * @param pictures At least one.
 * @param columns How many are beside each other.
 */
export function mosaic(pictures: readonly Frame[], columns: number): Frame {
  const { width, height } = pictures[0]!;
  const rows = Math.ceil(pictures.length / columns);
  const data = new Uint8ClampedArray(columns * width * rows * height * 4);
  pictures.forEach((picture, i) => {
    const [left, top] = [(i % columns) * width, Math.floor(i / columns) * height];
    for (let y = 0; y < height; y++) {
      data.set(picture.data.subarray(y * width * 4, (y + 1) * width * 4), ((top + y) * columns * width + left) * 4);
    }
  });
  return { index: 0, time: 0, width: columns * width, height: rows * height, data };
}

/** The person elsewhere; joints that are not annotated stay at the origin. */
function moved(person: CrowdAnnotation, left: number, top: number): CrowdAnnotation {
  const [x, y, width, height] = person.bbox;
  const keypoints = person.keypoints.map((value, i) =>
    person.keypoints[i - i % 3 + 2] === 0 ? 0 : value + [left, top, 0][i % 3]!
  );
  return { ...person, bbox: [x + left, y + top, width, height], keypoints };
}

/**
 * Puts the middle frames of clips with several people together.
 *
 * @param folder Clips of the tool `synth`, with `index.json`.
 * @param count Frames in one picture.
 * @param columns How many beside each other.
 * @returns As many pictures as can be filled.
 */
export async function* crowdPictures(folder: string, count: number, columns: number): AsyncGenerator<CrowdPicture> {
  const index = JSON.parse(await readFile(join(folder, "index.json"), "utf8"));
  const clips = (index.clips as { readonly id: string; readonly people: number }[]).filter(({ people }) => people > 1);
  for (let first = 0; first + count <= clips.length; first += count) {
    const pictures: Frame[] = [];
    const people: CrowdAnnotation[] = [];
    for (const { id } of clips.slice(first, first + count)) {
      const { images, annotations } = JSON.parse(await readFile(join(folder, id, "annotations.json"), "utf8"));
      const image = images[Math.floor(index.frames / 2)];
      const path = join(folder, image.file_name);
      const picture = await decodeImage(await readFile(path), path);
      const [column, row] = [pictures.length % columns, Math.floor(pictures.length / columns)];
      for (const one of annotations as CrowdAnnotation[]) {
        if (one.image_id === image.id) people.push(moved(one, column * picture.width, row * picture.height));
      }
      pictures.push(picture);
    }
    yield { picture: mosaic(pictures, columns), people };
  }
}

/** Whether the clips are there. */
export function hasClips(folder: string): boolean {
  return existsSync(join(folder, "index.json"));
}

/** What became of the people of a picture. */
export interface CrowdCount {
  /** People with five joints or more in the picture. */
  people: number;
  /** Those of them who have a pose with OKS 0.5 or more. */
  found: number;
  /** People whose box overlaps another's by a tenth or more. */
  overlapping: number;
  /** Those of them who have a pose. */
  overlappingFound: number;
  /** Poses that were given. */
  poses: number;
  /** Poses of somebody who has a surer one. */
  copies: number;
  /** Poses that are far from everybody (OKS below 0.1). */
  invented: number;
}

/** A pose this much alike is of that person. */
const RIGHT = 0.5;
const INVENTED = 0.1;
const LEAST_JOINTS = 5;
const OVERLAP = 0.1;

/**
 * Counts what became of people.
 *
 * @param truth The people of a picture.
 * @param poses Poses that were given for it.
 */
export function countCrowd(truth: readonly CrowdAnnotation[], poses: FrameRecord["people"]): CrowdCount {
  const variances = oksVariances(coco17.sigmas!);
  const flat = [...poses].sort((a, b) => b.score - a.score).map(({ keypoints }) =>
    keypoints.flatMap(([x, y, score]) => [x, y, score])
  );
  const alike = flat.map((pose) =>
    truth.map((one) => objectKeypointSimilarity({ ...one, box: one.bbox }, pose, variances))
  );
  const count = {
    people: 0,
    found: 0,
    overlapping: 0,
    overlappingFound: 0,
    poses: poses.length,
    copies: 0,
    invented: 0,
  };
  truth.forEach((one, i) => {
    if (one.num_keypoints < LEAST_JOINTS) return;
    const found = alike.some((row) => row[i]! >= RIGHT) ? 1 : 0;
    count.people++;
    count.found += found;
    if (!truth.some((other) => other !== one && boxIou(one.bbox, other.bbox) > OVERLAP)) return;
    count.overlapping++;
    count.overlappingFound += found;
  });
  const taken = new Set<number>();
  for (const row of alike) {
    const most = Math.max(0, ...row);
    const person = row.indexOf(most);
    if (most < INVENTED) count.invented++;
    if (most <= RIGHT) continue;
    if (taken.has(person)) count.copies++;
    taken.add(person);
  }
  return count;
}
