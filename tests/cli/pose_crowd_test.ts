/** Group pictures through the real command: everybody has one pose. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeImage, encodeJpeg, type Frame, resizeFrame } from "../../src/media/mod.ts";
import { isSameSight } from "../../src/track/mod.ts";
import { objectKeypointSimilarity, oksVariances } from "../../src/metrics/oks.ts";
import { coco17 } from "../../src/skeleton/mod.ts";
import { writeTinyStillPack } from "../systems/diffusionpose/_tiny_pack.ts";
import { diffpose, inTemp, type Poses, readPoses, ROOT } from "./harness.ts";

const PHOTO = join(ROOT, "fixtures/images/pose.jpg");
/** Rendered clips of people with exact joints, beside the repository. */
const SYNTH = join(ROOT, "../shared/data/synth_test");
/** Fine enough for these. */
const QUICK = ["--device", "wasm", "--format", "none", "--search-size", "1024"];
/** Two poses as the command suppresses them. */
const SAME = 0.5;
/** Of rendered people, close-ups and half-hidden ones among them, MoveNet's poses are right for about two thirds. */
const LEAST_FOUND = 0.5;

/** Pictures of one size side by side. */
function mosaic(pictures: readonly Frame[], columns: number): Frame {
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

type People = Poses["frames"][number]["people"];

function assertNoCopies(people: People): void {
  const sights = people.map(({ box, keypoints }) => ({ box, keypoints: keypoints.flatMap(([x, y, s]) => [x, y, s]) }));
  sights.forEach((a, i) => sights.slice(i + 1).forEach((b) => assert.ok(!isSameSight(a, b, SAME))));
}

Deno.test("pose --system diffusionpose: 30 people in a picture, one pose each", async () => {
  await inTemp(async (folder) => {
    const pack = await writeTinyStillPack(folder);
    const one = resizeFrame(await decodeImage(await Deno.readFile(PHOTO), PHOTO), 180);
    const crowd = mosaic(Array.from({ length: 30 }, () => one), 6);
    await Deno.writeFile(join(folder, "crowd.jpg"), await encodeJpeg(crowd, 92));
    const words = ["--system", "diffusionpose", "--pose-model", pack, ...QUICK, "-o", folder];
    const { code, err } = await diffpose(["pose", join(folder, "crowd.jpg"), ...words]);
    assert.equal(code, 0, err);
    const { people } = readPoses(join(folder, "crowd", "poses.ndjson")).frames[0]!;
    const cells = people.map(({ box: [x, y, width, height] }) =>
      `${Math.floor((x + width / 2) / one.width)}, ${Math.floor((y + height / 2) / one.height)}`
    );
    assert.equal(people.length, 30);
    assert.equal(new Set(cells).size, 30, "one in each part of the picture");
    assertNoCopies(people);
  });
});

interface Annotation {
  readonly image_id: number;
  readonly bbox: readonly [number, number, number, number];
  readonly area: number;
  readonly keypoints: readonly number[];
  readonly num_keypoints: number;
}

Deno.test({
  name: "pose --pictures stills: a rendered crowd of more than 30 people",
  ignore: !existsSync(SYNTH), // Needs the rendered clips beside the repository.
  fn: async () => {
    await inTemp(async (folder) => {
      const clips = readFileSync(join(SYNTH, "index.json"), "utf8");
      const several = (JSON.parse(clips).clips as { id: string; people: number }[]).filter(({ people }) => people > 1);
      const pictures: Frame[] = [];
      const truth: Annotation[] = [];
      const columns = 4;
      for (const { id } of several.slice(0, 16)) {
        const { images, annotations } = JSON.parse(readFileSync(join(SYNTH, id, "annotations.json"), "utf8"));
        const path = join(SYNTH, images[4].file_name);
        const picture = await decodeImage(await Deno.readFile(path), path);
        const [left, top] = [
          (pictures.length % columns) * picture.width,
          Math.floor(pictures.length / columns) * picture.height,
        ];
        pictures.push(picture);
        for (const one of annotations as Annotation[]) {
          if (one.image_id !== images[4].id || one.num_keypoints < 5) continue;
          const keypoints = one.keypoints.map((value, i) => value + [left, top, 0][i % 3]!);
          truth.push({ ...one, keypoints: keypoints.map((v, i) => one.keypoints[i - i % 3 + 2] === 0 ? 0 : v) });
        }
      }
      assert.ok(truth.length >= 30, `${truth.length} people`);
      await Deno.writeFile(join(folder, "crowd.jpg"), await encodeJpeg(mosaic(pictures, columns), 92));
      const words = ["--pictures", "stills", ...QUICK, "-o", folder];
      const { code, err } = await diffpose(["pose", join(folder, "crowd.jpg"), ...words]);
      assert.equal(code, 0, err);
      const { people } = readPoses(join(folder, "crowd", "poses.ndjson")).frames[0]!;
      assertNoCopies(people);
      const variances = oksVariances(coco17.sigmas!);
      const found = truth.filter(({ bbox, ...one }) =>
        people.some(({ keypoints }) =>
          objectKeypointSimilarity({ ...one, box: bbox }, keypoints.flatMap(([x, y, s]) => [x, y, s]), variances) > 0.5
        )
      );
      assert.ok(found.length >= LEAST_FOUND * truth.length, `${found.length} of ${truth.length} are found`);
    });
  },
});
