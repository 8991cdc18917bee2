/** Group pictures through the real command: everybody has one pose. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { countCrowd, crowdPictures, hasClips, mosaic } from "../../bench/crowd_pictures.ts";
import { decodeImage, encodeJpeg, resizeFrame } from "../../src/media/mod.ts";
import { isSameSight } from "../../src/track/mod.ts";
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
/** Of those who overlap another, for about half. */
const LEAST_OVERLAPPING = 0.35;
/** One pose of forty, of the rendered people for whom the thresholds were chosen. */
const MOST_INVENTED = 0.1;

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

Deno.test({
  name: "pose --pictures stills: a rendered crowd of more than 30 people, a third of whom overlap, nobody twice",
  ignore: !hasClips(SYNTH), // Needs the rendered clips beside the repository.
  fn: async () => {
    await inTemp(async (folder) => {
      const { value } = await crowdPictures(SYNTH, 16, 4).next();
      const { picture, people: truth } = value!;
      await Deno.writeFile(join(folder, "crowd.jpg"), await encodeJpeg(picture, 92));
      const { code, err } = await diffpose(["pose", join(folder, "crowd.jpg"), ...QUICK, "-o", folder]);
      assert.equal(code, 0, err);
      const { people: poses } = readPoses(join(folder, "crowd", "poses.ndjson")).frames[0]!;
      assertNoCopies(poses);
      const { people, found, overlapping, overlappingFound, copies, invented } = countCrowd(truth, poses);
      assert.ok(people >= 30 && overlapping >= 10, `${overlapping} of ${people} people overlap`);
      assert.ok(found >= LEAST_FOUND * people, `${found} of ${people} are found`);
      assert.ok(overlappingFound >= LEAST_OVERLAPPING * overlapping, `${overlappingFound} of ${overlapping} are found`);
      assert.equal(copies, 0);
      assert.ok(invented <= MOST_INVENTED * poses.length, `${invented} of ${poses.length} are nobody's`);
    });
  },
});
