/** `pose` on stills: a folder of pictures with `--system diffusionpose` and a pack that needs no training. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeImage, encodeJpeg, resizeFrame } from "../../src/media/mod.ts";
import { writeTinyStillPack } from "../systems/diffusionpose/_tiny_pack.ts";
import { CLIP, diffpose, inTemp, type Poses, readPoses, ROOT, signalAt } from "./harness.ts";

/** One person on a beach, 1000x667. */
const PHOTO = join(ROOT, "fixtures/images/pose.jpg");
/** The search ends early and finds the one person just as well. */
const QUICK = ["--device", "wasm", "--search-size", "256"];

/** The photo 300 px wide, under names of COCO's kind, so that a run takes little time. */
async function writePhotos(folder: string, names: readonly string[]): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const photo = resizeFrame(await decodeImage(await Deno.readFile(PHOTO), PHOTO), 300);
  for (const name of names) await Deno.writeFile(join(folder, name), await encodeJpeg(photo, 90));
}

Deno.test("pose --system diffusionpose: header, sigma, results by picture id, overlays; the same bytes again", async () => {
  await inTemp(async (folder) => {
    const pack = await writeTinyStillPack(folder);
    const photos = join(folder, "photos");
    await writePhotos(photos, ["000000000785.jpg", "000000000790.jpg"]);
    const words = ["pose", photos, "--system", "diffusionpose", "--pose-model", pack, ...QUICK, "--hypotheses", "2"];
    const first = await diffpose([...words, "--format", "coco-results,coco,svg,png", "-o", join(folder, "a")]);
    assert.equal(first.code, 0, first.err);
    const out = join(folder, "a", "photos");
    const { header, frames, end } = readPoses(join(out, "poses.ndjson"));
    assert.deepEqual(header.models.map(({ name }) => name), ["movenet-multipose", "movenet-thunder", "tiny-still"]);
    const { system, pictures, sampler, seed } = header.options;
    assert.deepEqual([system, pictures, sampler, seed], ["diffusionpose", "stills", "coordinates", 0]);
    assert.deepEqual([header.options["pose-steps"], header.options["pose-hypotheses"]], [2, 2]);
    assert.deepEqual(frames.map(({ name }) => name), ["000000000785.jpg", "000000000790.jpg"]);
    assert.equal(end?.frames, 2);
    for (const { people } of frames) {
      assert.equal(people.length, 1);
      assert.ok(people[0]!.keypoints.every(([, , , sigma]) => sigma > 0));
    }
    assert.notEqual(frames[0]!.people[0]!.id, frames[1]!.people[0]!.id, "nobody is followed from still to still");

    const results = JSON.parse(readFileSync(join(out, "poses.coco-results.json"), "utf8"));
    assert.deepEqual(results.map(({ image_id }: { image_id: number }) => image_id), [785, 790]);
    assert.ok(results.every(({ keypoint_sigmas }: { keypoint_sigmas?: number[] }) => keypoint_sigmas?.length === 17));
    const { images } = JSON.parse(readFileSync(join(out, "poses.coco.json"), "utf8"));
    assert.deepEqual(images.map(({ id }: { id: number }) => id), [785, 790]);
    for (const name of ["000000000785.png", "000000000790.png"]) {
      const { width, height } = await decodeImage(await Deno.readFile(join(out, "overlays", name)), name);
      assert.deepEqual([width, height], [300, 200]);
    }
    const svg = readFileSync(join(out, "overlays", "000000000785.svg"), "utf8");
    assert.match(svg, /viewBox="0 0 300 200".*<image href="data:image\/jpeg;base64,.*class="sigma"/);

    await diffpose([...words, "--format", "none", "-o", join(folder, "b"), "--quiet"]);
    const again = readFileSync(join(folder, "b", "photos", "poses.ndjson"), "utf8");
    assert.equal(again, readFileSync(join(out, "poses.ndjson"), "utf8"));
    await diffpose([...words, "--format", "none", "-o", join(folder, "c"), "--seed", "1"]);
    assert.notDeepEqual(readPoses(join(folder, "c", "photos", "poses.ndjson")).frames, frames);
  });
});

Deno.test("pose --system diffusionpose --sampler feedback has no chance in it; 0 steps are the first guess", async () => {
  await inTemp(async (folder) => {
    const pack = await writeTinyStillPack(folder);
    await writePhotos(folder, ["a.jpg"]);
    const words = ["pose", join(folder, "a.jpg"), "--system", "diffusionpose", "--pose-model", pack, ...QUICK];
    const run = async (name: string, ...more: string[]) => {
      const { code, err } = await diffpose([...words, "--format", "none", "-o", join(folder, name), ...more]);
      assert.equal(code, 0, err);
      return readPoses(join(folder, name, "a", "poses.ndjson"));
    };
    const feedback = await run("f", "--sampler", "feedback", "--steps", "3");
    assert.equal(feedback.header.options["sampler"], "feedback");
    assert.deepEqual((await run("g", "--sampler", "feedback", "--steps", "3", "--seed", "9")).frames, feedback.frames);
    assert.notDeepEqual((await run("h", "--steps", "0")).frames, feedback.frames);
  });
});

Deno.test("pose --system diffusionpose takes the pack of its name; sure joints lie near MoveNet's", async () => {
  await inTemp(async (folder) => {
    await writePhotos(folder, ["a.jpg"]);
    const run = async (name: string, ...more: string[]) => {
      const words = ["pose", join(folder, "a.jpg"), ...QUICK, "--format", "none", "-o", join(folder, name), ...more];
      const { code, err } = await diffpose(words);
      assert.equal(code, 0, err);
      return readPoses(join(folder, name, "a", "poses.ndjson"));
    };
    const ours = await run("d", "--system", "diffusionpose");
    assert.equal(ours.header.models.at(-1)!.name, "diffusionpose");
    const movenet = await run("m", "--pictures", "stills");
    const [a, b] = [ours, movenet].map(({ frames }) => frames[0]!.people);
    assert.deepEqual([a!.length, b!.length], [1, 1]);
    const apart = a![0]!.keypoints.map(([x, y, score], joint) => {
      const [u, v, sure] = b![0]!.keypoints[joint]!;
      return score > 0.5 && sure > 0.5 ? Math.hypot(x - u, y - v) : 0;
    });
    assert.ok(apart.some((distance) => distance > 0), "it is another answer");
    assert.ok(Math.max(...apart) < 8, `at most 8 px of a person of 130 apart: ${Math.max(...apart)}`);
  });
});

Deno.test("run --system diffusionpose lifts each still by itself; a video's frames are followed", async () => {
  await inTemp(async (folder) => {
    const pack = await writeTinyStillPack(folder);
    await writePhotos(folder, ["a.jpg"]);
    const words = ["--system", "diffusionpose", "--pose-model", pack, "--device", "wasm", "--format", "none"];
    const photo = await diffpose(["run", join(folder, "a.jpg"), ...words, "--search-size", "256", "-o", folder]);
    assert.equal(photo.code, 0, photo.err);
    const [still] = readPoses(join(folder, "a", "poses.ndjson")).frames;
    assert.equal(still!.people[0]!.keypoints3d!.length, 17);
    const clip = await diffpose(["pose", CLIP, ...words, "--end", "0.05", "-o", folder]);
    assert.equal(clip.code, 0, clip.err);
    const { frames } = readPoses(join(folder, "balance_beam", "poses.ndjson"));
    assert.equal(frames.length, 3);
    assert.deepEqual(frames.map(({ people }) => people.map(({ id }) => id)), [[1], [1], [1]]);
  });
});

Deno.test("photos are stills without a flag where they cannot be a clip, and it is said", async () => {
  await inTemp(async (folder) => {
    await writePhotos(join(folder, "same"), ["a.jpg", "b.jpg"]);
    await writePhotos(join(folder, "mixed"), ["a.jpg", "b.jpg"]);
    const photo = resizeFrame(await decodeImage(await Deno.readFile(PHOTO), PHOTO), 240);
    await Deno.writeFile(join(folder, "mixed", "b.jpg"), await encodeJpeg(photo, 90));
    const words = ["--device", "wasm", "--format", "none", "-o", join(folder, "out")];
    const inputs = ["same", "mixed", "mixed/a.jpg"].map((name) => join(folder, name));
    const { code, err } = await diffpose(["pose", ...inputs, ...words]);
    assert.equal(code, 0, err);
    assert.match(err, /same: 2 pictures of one size \(300x200\) are the frames of a clip; --pictures stills looks/);
    assert.match(err, /mixed: 2 pictures of different sizes \(300x200, 240x160, …\) are stills; --pictures clip takes/);
    assert.match(err, /a\.jpg: a single picture is a still; --pictures clip takes it/);
    const read = (name: string): Poses => readPoses(join(folder, "out", name, "poses.ndjson"));
    assert.deepEqual(["same", "mixed", "a"].map((name) => read(name).header.options["pictures"]), [
      undefined,
      "stills",
      "stills",
    ]);
    const ids = (name: string) => read(name).frames.map(({ people }) => people[0]!.id);
    assert.deepEqual([ids("same"), ids("mixed")], [[1, 1], [1, 2]], "only in a clip somebody is followed");

    const told = await diffpose(["pose", inputs[0]!, ...words, "--pictures", "stills", "--quiet"]);
    assert.deepEqual([told.code, told.err], [0, ""]);
    const lifted = await diffpose(["run", inputs[2]!, ...words]);
    assert.equal(lifted.code, 0, lifted.err);
    assert.deepEqual(read("a").header.models.map(({ name }) => name), [
      "movenet-multipose",
      "movenet-thunder",
      "diffpose-3d",
    ]);
  });
});

Deno.test("pose on stills: killed and resumed, the file has the bytes of an undisturbed run", async () => {
  await inTemp(async (folder) => {
    const pack = await writeTinyStillPack(folder);
    const photos = join(folder, "photos");
    await writePhotos(photos, ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]);
    const words = ["pose", photos, "--system", "diffusionpose", "--pose-model", pack, ...QUICK, "--format", "none"];
    assert.equal((await diffpose([...words, "-o", join(folder, "whole")])).code, 0);
    await signalAt("SIGKILL", [...words, "-o", join(folder, "cut")], join(folder, "cut", "photos", "poses.ndjson"), 3);
    const resumed = await diffpose([...words, "-o", join(folder, "cut"), "--resume"]);
    assert.equal(resumed.code, 0, resumed.err);
    const read = (name: string): string => readFileSync(join(folder, name, "photos", "poses.ndjson"), "utf8");
    assert.equal(read("cut"), read("whole"));
  });
});

Deno.test("pose on stills: Ctrl-C stops, says how to go on, and keeps what was done", async () => {
  await inTemp(async (folder) => {
    const pack = await writeTinyStillPack(folder);
    const photos = join(folder, "photos");
    const count = 40; // Those after the third take seconds, so that the signal never comes too late.
    await writePhotos(photos, Array.from({ length: count }, (_, index) => `${index}.jpg`));
    const words = ["pose", photos, "--system", "diffusionpose", "--pose-model", pack, ...QUICK, "--format", "none"];
    const poses = join(folder, "photos", "poses.ndjson");
    const { code, err } = await signalAt("SIGINT", [...words, "-o", folder], poses, 3);
    assert.equal(code, 1, err);
    assert.match(err, /stopped; .*photos keeps what was done, --resume continues/);
    const { frames, end } = readPoses(poses);
    assert.ok(frames.length >= 2 && frames.length < count && end === undefined, `${frames.length} pictures`);
  });
});

Deno.test("pose --boxes takes people from COCO annotations, one pose a box; ids are the file's", async () => {
  await inTemp(async (folder) => {
    const pack = await writeTinyStillPack(folder);
    const photos = join(folder, "photos");
    await writePhotos(photos, ["beach.jpg", "other.jpg"]);
    const boxes = join(folder, "boxes.json");
    const box = [90, 30, 120, 160]; // About the person.
    const annotations = [
      { id: 1, image_id: 7, category_id: 1, bbox: box },
      { id: 2, image_id: 7, category_id: 1, bbox: box },
      { id: 3, image_id: 7, category_id: 2, bbox: [0, 0, 5, 5] },
      { id: 4, image_id: 9, category_id: 1, bbox: [400, 30, 20, 20] },
    ];
    const images = [{ id: 7, file_name: "val/beach.jpg" }, { id: 9, file_name: "other.jpg" }];
    const categories = [{ id: 1, name: "person" }, { id: 2, name: "dog" }];
    await Deno.writeTextFile(boxes, JSON.stringify({ images, annotations, categories }));
    const words = ["pose", photos, "--system", "diffusionpose", "--pose-model", pack, "--device", "wasm"];
    const { code, err } = await diffpose([...words, "--boxes", boxes, "--format", "coco-results", "-o", folder]);
    assert.equal(code, 1, "the second picture's box lies outside of it");
    assert.match(
      err,
      /other\.jpg: .*annotations\[3\]\.bbox: a box must lie in its picture.*400, 30, 20, 20 in 300x200 px/,
    );
    const { frames, end } = readPoses(join(folder, "photos", "poses.ndjson"));
    assert.equal(end?.frames, 1);
    assert.equal(frames[0]!.people.length, 2);
    const results = JSON.parse(readFileSync(join(folder, "photos", "poses.coco-results.json"), "utf8"));
    assert.deepEqual(results.map(({ image_id }: { image_id: number }) => image_id), [7, 7]);
  });
});

Deno.test("pose refuses flags of stills that do not go together", async () => {
  const still = ["pose", PHOTO, "--system", "diffusionpose"];
  for (
    const [words, message] of [
      [["pose", PHOTO, "--hypotheses", "3"], /--hypotheses is for --system diffusionpose: movenet looks once/],
      [["pose", PHOTO, "--sampler", "feedback"], /--sampler is for --system diffusionpose/],
      [[...still, "--sets", "3"], /--sets is for --system diffpose-video/],
      [
        [...still, "--sampler", "feedback", "--hypotheses", "3"],
        /feedback has no chance in it, so --hypotheses must be 1/,
      ],
      [[...still, "--sampler", "ddpm"], /--sampler takes one of feedback, coordinates/],
      [[...still, "--hypotheses", "0"], /--hypotheses takes a whole number from 1/],
      [["pose", PHOTO, "--pictures", "stills", "--system", "diffpose-video"], /not for --system diffpose-video/],
      [["pose", PHOTO, "--search-size", "1024", "--pictures", "clip"], /--search-size is for stills: leave out/],
      [["pose", PHOTO, "--boxes", "b.json", "--pictures", "clip"], /--boxes is for stills: leave out --pictures clip/],
      [["pose", CLIP, "--boxes", "b.json"], /--boxes is for stills, and there are videos only/],
      [
        ["pose", PHOTO, "--boxes", "b.json", "--system", "diffpose-video"],
        /--boxes is not for --system diffpose-video/,
      ],
      [[...still, "--search-size", "100"], /--search-size takes a whole number from 256/],
      [[...still, "--format", "jpg"], /--format takes html, none, svg, png, /],
    ] as const
  ) {
    const { code, err } = await diffpose([...words]);
    assert.equal(code, 2, `${words.join(" ")}: ${err}`);
    assert.match(err, message);
  }
  const pack = await diffpose([...still, "--pose-model", "diffpose-video"]);
  assert.equal(pack.code, 1);
  assert.match(pack.err, /must be a pack of system diffusionpose: diffpose_video/);
  const boxes = await diffpose([...still, "--boxes", "nowhere.json"]);
  assert.equal(boxes.code, 1);
  assert.match(boxes.err, /nowhere\.json/);
});
