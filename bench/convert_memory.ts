// deno-lint-ignore-file no-console -- it prints its results
/**
 * `convert` on a long file: rate and peak memory at a quarter of the length and at the whole, in a process of its own each.
 * Memory is flat when the longer file needs no more than the shorter one; below some 200,000 frames the collector has not yet
 * been pressed, and the peak still grows towards its plateau.
 *
 *     deno run -A bench/convert_memory.ts [--frames 1000000] [--formats csv,trc,…]
 *
 * The file is `poses.ndjson` of one person with 3D, about 2.1 kB a frame, written to the temporary folder and removed.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createRng } from "../src/core/rng.ts";
import { writeRecord } from "../src/formats/mod.ts";
import { FORMATS } from "../src/formats/registry.ts";

const ROOT = join(import.meta.dirname!, "..");
const { values } = parseArgs({
  options: { frames: { type: "string", default: "1000000" }, formats: { type: "string" } },
});
const long = Number(values.frames);
const short = Math.ceil(long / 4);
const writable = FORMATS.filter((format) => format.write !== undefined).map(({ name }) => name);
const formats = values.formats?.split(",") ?? writable.filter((name) => name !== "diffpose");

/** Writes `frames` frames of a person who walks in a circle. */
async function writeClip(path: string, frames: number): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  const encoder = new TextEncoder();
  const rng = createRng({ seed: 0, stream: 0 });
  const noise = Array.from({ length: 97 }, () => rng.nextUniform());
  const put = async (text: string): Promise<void> => {
    const bytes = encoder.encode(text);
    for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
  };
  await put(writeRecord({
    type: "header",
    format: "diffpose/1",
    input: "clip.mp4",
    fps: 50,
    width: 1920,
    height: 1080,
    skeleton2d: "coco17",
    skeleton3d: "h36m17",
    camera: "pinhole",
    units: "m",
    models: [],
    options: {},
    tool: "bench",
  }));
  let lines = "";
  for (let index = 0; index < frames; index++) {
    const at = (k: number): number => noise[(index * 31 + k) % noise.length]!;
    const x = 960 + 300 * Math.cos(index / 200);
    lines += writeRecord({
      type: "frame",
      index,
      time: index / 50,
      people: [{
        id: 1,
        box: [x - 100, 200, 200, 500],
        score: 0.9,
        keypoints: Array.from({ length: 17 }, (_, j) => [x + 20 * at(j), 250 + 25 * j + at(j + 20), 0.9, 2]),
        keypoints3d: Array.from({ length: 17 }, (_, j) => [0.1 * at(j), 0.1 * j - 0.8, 0.1 * at(j + 40), 0.02]),
        derived: [0, 7, 8, 9, 10],
        interpolated: false,
      }],
    });
    if (lines.length > 4e6 || index === frames - 1) {
      await put(lines);
      lines = "";
    }
  }
  await put(writeRecord({ type: "end", frames, seconds: frames / 50 }));
}

/** Peak resident memory of a process so far, bytes; null where the system does not tell. */
async function peakOf(pid: number): Promise<number | null> {
  const text = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
  const found = /VmHWM:\s+(\d+)/.exec(text)?.[1];
  return found === undefined ? null : 1024 * Number(found);
}

async function convert(path: string, format: string, folder: string): Promise<{ seconds: number; peak: number }> {
  const started = performance.now();
  const words = ["convert", path, "--to", format, "--out-dir", folder, "--quiet"];
  const args = ["run", "-A", "--no-check", join(ROOT, "cli.ts"), ...words];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "null", stderr: "inherit" }).spawn();
  let peak = 0;
  const timer = setInterval(async () => peak = Math.max(peak, await peakOf(child.pid) ?? 0), 50);
  const { code } = await child.status;
  clearInterval(timer);
  if (code !== 0) throw new Error(`Cannot measure as the command must succeed: exit code ${code}`);
  return { seconds: (performance.now() - started) / 1000, peak };
}

const folder = await Deno.makeTempDir();
try {
  const paths = { short: join(folder, "short.ndjson"), long: join(folder, "long.ndjson") };
  await writeClip(paths.short, short);
  await writeClip(paths.long, long);
  const size = (await Deno.stat(paths.long)).size / 1e6;
  console.log(`${long} frames, ${size.toFixed(0)} MB; peak memory at ${short} and ${long} frames`);
  for (const format of formats) {
    const out = join(folder, "out");
    const few = await convert(paths.short, format, out);
    await Deno.remove(out, { recursive: true });
    const many = await convert(paths.long, format, out);
    await Deno.remove(out, { recursive: true });
    const rate = (long / many.seconds / 1000).toFixed(1);
    const [low, high] = [few.peak, many.peak].map((bytes) => `${(bytes / 1e6).toFixed(0)} MB`);
    console.log(`${format.padEnd(14)} ${low} ${high}  ${rate} thousand frames/s`);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
