// deno-lint-ignore-file no-console -- it prints its results
/**
 * Who is found in group pictures, and who twice.
 *
 *     deno run -A bench/crowds.ts make CLIPS OUT       # OUT/pictures/*.png and OUT/truth.json
 *     deno run -A cli.ts pose OUT/pictures --pictures stills --format none -o OUT/movenet
 *     deno run -A bench/crowds.ts count OUT/truth.json OUT/movenet/pictures/poses.ndjson
 *     deno run -A cli.ts eval coco --gt OUT/truth.json --pred OUT/movenet/pictures/poses.ndjson
 *
 * CLIPS is a folder of the tool `synth`. Four frames of clips with several people make one picture.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FrameRecord } from "../src/formats/record.ts";
import { encodePng } from "../src/media/mod.ts";
import { coco17 } from "../src/skeleton/mod.ts";
import { countCrowd, type CrowdAnnotation, type CrowdCount, crowdPictures } from "./crowd_pictures.ts";

interface Image {
  readonly id: number;
  readonly file_name: string;
  readonly width: number;
  readonly height: number;
}

async function make(clips: string, out: string): Promise<void> {
  await mkdir(join(out, "pictures"), { recursive: true });
  const images: Image[] = [];
  const annotations: CrowdAnnotation[] = [];
  for await (const { picture, people } of crowdPictures(clips, 4, 2)) {
    const id = images.length + 1;
    const file_name = `${id}.png`;
    await writeFile(join(out, "pictures", file_name), await encodePng(picture));
    images.push({ id, file_name, width: picture.width, height: picture.height });
    for (const one of people) annotations.push({ ...one, id: annotations.length + 1, image_id: id, iscrowd: 0 });
  }
  const categories = [{ id: 1, name: "person", keypoints: coco17.joints }];
  await writeFile(join(out, "truth.json"), JSON.stringify({ images, annotations, categories }));
  console.log(`${images.length} pictures, ${annotations.length} people`);
}

async function count(truthPath: string, posesPath: string): Promise<void> {
  const truth = JSON.parse(await readFile(truthPath, "utf8")) as {
    readonly images: readonly Image[];
    readonly annotations: readonly CrowdAnnotation[];
  };
  const lines = (await readFile(posesPath, "utf8")).trim().split("\n").map((line) => JSON.parse(line));
  const frames = new Map((lines as FrameRecord[]).map((frame) => [frame.name, frame]));
  const sum: Record<string, number> = {};
  for (const { id, file_name } of truth.images) {
    const people = truth.annotations.filter(({ image_id }) => image_id === id);
    const one: CrowdCount = countCrowd(people, frames.get(file_name)?.people ?? []);
    for (const [name, number] of Object.entries(one)) sum[name] = (sum[name] ?? 0) + number;
  }
  console.table(sum);
}

const [verb, from, to] = Deno.args as [string, string, string];
if (verb === "make") await make(from, to);
else await count(from, to);
