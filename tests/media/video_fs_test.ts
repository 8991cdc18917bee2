// Both video decoders against the same clips. Each is probed as the program itself does it: ffmpeg by running
// `ffmpeg -version`, the WebAssembly build by looking for its two files. Tests of one that is absent report as ignored.
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "../../src/core/errors.ts";
import { findFfmpegCore } from "../../src/media/ffmpeg_core_fs.ts";
import { findFfmpeg } from "../../src/media/ffmpeg_process_fs.ts";
import type { Frame } from "../../src/media/frame.ts";
import { openFrames, type OpenFramesOptions } from "../../src/media/open_frames_fs.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/media/${name}`, import.meta.url));
const DECODERS: { name: string; options: OpenFramesOptions; ignore: boolean }[] = [
  { name: "ffmpeg", options: { ffmpegCore: false }, ignore: await findFfmpeg() === null },
  { name: "@ffmpeg/core", options: { ffmpeg: false }, ignore: await findFfmpegCore() === null },
];

async function read(path: string, options: OpenFramesOptions): Promise<Frame[]> {
  await using source = await openFrames(path, options);
  return await Array.fromAsync(source.frames());
}

async function withFile(name: string, bytes: Uint8Array, task: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(join(folder, name), bytes);
    await task(join(folder, name));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

// Name, size and frames as made by fixtures/media/make_fixtures.py; times are multiples of a tenth.
const CLIPS: [string, number, number, number][] = [
  ["h264.mp4", 64, 48, 20],
  ["vp9.webm", 64, 48, 20],
  ["mjpeg.avi", 64, 48, 20],
  ["animation.gif", 64, 48, 5],
  ["rotated.mov", 48, 64, 10],
];
// Seconds; time stamps of Matroska are whole milliseconds.
const CLOCK_TOLERANCE = 6e-4;

for (const { name: decoder, options, ignore } of DECODERS) {
  for (const [name, width, height, count] of CLIPS) {
    Deno.test({ name: `openFrames() reads every frame of ${name} with ${decoder}`, ignore }, async () => {
      await using source = await openFrames(fixture(name), options);
      assert.deepEqual([source.kind, source.width, source.height, source.fps], ["video", width, height, 10]);
      assert.ok(source.decoder.startsWith(decoder));
      if (source.count !== undefined) assert.equal(source.count, count);
      const frames = await Array.fromAsync(source.frames());
      assert.deepEqual(frames.map(({ index }) => index), Array.from({ length: count }, (_, i) => i));
      for (const frame of frames) {
        assert.ok(Math.abs(frame.time - frame.index / 10) < CLOCK_TOLERANCE, `frame ${frame.index} at ${frame.time}`);
        assert.deepEqual([frame.width, frame.height, frame.data.length], [width, height, width * height * 4]);
        assert.ok(frame.data.every((v, i) => i % 4 !== 3 || v === 255));
      }
    });
  }

  Deno.test(
    { name: `openFrames() keeps each frame's own time in a clip of variable rate with ${decoder}`, ignore },
    async () => {
      const frames = await read(fixture("variable.mkv"), options);
      const expected = Array.from({ length: 20 }, (_, i) => i).filter((i) => i % 3 !== 2).map((i) => i / 10);
      assert.equal(frames.length, expected.length);
      frames.forEach(({ time }, i) => assert.ok(Math.abs(time - expected[i]!) < CLOCK_TOLERANCE, `${i}: ${time}`));
    },
  );

  Deno.test({ name: `openFrames() keeps source indices between start and end with ${decoder}`, ignore }, async () => {
    const all = await read(fixture("h264.mp4"), options);
    const part = await read(fixture("h264.mp4"), { ...options, start: 0.5, end: 1 });
    assert.deepEqual(part.map(({ index }) => index), [5, 6, 7, 8, 9]);
    part.forEach((frame) => assert.deepEqual(frame, all[frame.index]));
    await assert.rejects(read(fixture("h264.mp4"), { ...options, start: 60 }), /between start and end.*all 20 frames/);
  });

  Deno.test({ name: `openFrames() resamples to the asked rate with ${decoder}`, ignore }, async () => {
    await using source = await openFrames(fixture("h264.mp4"), { ...options, fps: 5 });
    assert.equal(source.fps, 5);
    const frames = await Array.fromAsync(source.frames());
    assert.deepEqual(frames.map(({ time }) => time), Array.from({ length: 10 }, (_, i) => i / 5));
  });

  Deno.test({ name: `openFrames() refuses files without pictures to show with ${decoder}`, ignore }, async () => {
    await assert.rejects(read(fixture("sound_only.mp4"), options), /sound_only\.mp4: a video must have a video stream/);
    const noise = new Uint8Array(3000).map((_, i) => (i * 7919) % 253);
    noise.set(new TextEncoder().encode("\0\0\0\x20ftypisom"));
    await withFile("noise.mp4", noise, async (path) => {
      await assert.rejects(read(path, options), (error) => {
        assert.ok(error instanceof InputError);
        assert.match(error.message, /noise\.mp4: a video must be readable: ffmpeg says: .*(Invalid data|moov atom)/);
        return true;
      });
    });
    const nothing = new TextEncoder().encode("YUV4MPEG2 W64 H48 F10:1 Ip A1:1 C420\n");
    await withFile("nothing.y4m", nothing, (path) => assert.rejects(read(path, options), /nothing\.y4m: a video must/));
  });

  Deno.test({ name: `openFrames() refuses huge frames before it decodes with ${decoder}`, ignore }, async () => {
    const huge = new TextEncoder().encode("YUV4MPEG2 W16000 H16000 F10:1 Ip A1:1 C420\nFRAME\n");
    await withFile("huge.y4m", huge, async (path) => {
      await assert.rejects(read(path, options), /huge\.y4m: .*(at most 100 megapixels.*16000x16000|must be readable)/);
    });
  });

  Deno.test(
    { name: `frames() gives what a cut clip still holds, then an InputError, with ${decoder}`, ignore },
    async () => {
      const whole = await Deno.readFile(fixture("h264.mp4"));
      await withFile("cut.mp4", whole.slice(0, whole.length - 700), async (path) => {
        await using source = await openFrames(path, options);
        let seen = 0;
        await assert.rejects(async () => {
          for await (const { index } of source.frames()) assert.equal(index, seen++);
        }, (error) => {
          assert.ok(error instanceof InputError);
          assert.match(error.message, /cut\.mp4: a video must be whole: it breaks after \d+ of 20 frames/);
          return true;
        });
        assert.ok(seen > 0 && seen < 20, `${seen} frames`);
      });
    },
  );

  Deno.test({ name: `frames() ends on abort with ${decoder}`, ignore }, async () => {
    await using source = await openFrames(fixture("mjpeg.avi"), options);
    const stop = new AbortController();
    let seen = 0;
    await assert.rejects(async () => {
      for await (const _ of source.frames(stop.signal)) if (++seen === 3) stop.abort(new Error("enough"));
    }, /enough/);
    assert.equal(seen, 3);
  });

  Deno.test({ name: `a source that is never read can be closed twice with ${decoder}`, ignore }, async () => {
    const source = await openFrames(fixture("h264.mp4"), options);
    await source[Symbol.asyncDispose]();
    await source[Symbol.asyncDispose]();
  });

  Deno.test({ name: `frames() may be left early with ${decoder}`, ignore }, async () => {
    await using source = await openFrames(fixture("h264.mp4"), options);
    for await (const { index } of source.frames()) if (index === 2) break;
    await assert.rejects(Array.fromAsync(source.frames()), /frames can be read once/);
  });
}

// Reads three frames of a clip that has more to come, then aborts.
const ABORTED = `
  import { openFrames } from ${JSON.stringify(import.meta.resolve("../../src/media/open_frames_fs.ts"))};
  await using source = await openFrames(Deno.args[0], JSON.parse(Deno.args[1]));
  const stop = new AbortController();
  let seen = 0;
  try {
    for await (const _ of source.frames(stop.signal)) if (++seen === 3) stop.abort();
  } catch (error) {
    console.log(error.name, seen);
  }`;

Deno.test({
  name: "an abort kills the ffmpeg process (and ffmpeg without ffprobe beside it serves)",
  ignore: DECODERS[0]!.ignore || Deno.build.os === "windows",
}, async () => {
  const script = '#!/bin/sh\necho $$ >> "$0.pids"\nexec ffmpeg "$@"\n';
  await withFile("ffmpeg", new TextEncoder().encode(script), async (command) => {
    await Deno.chmod(command, 0o755);
    const source = await openFrames(fixture("h264.mp4"), { ffmpeg: command });
    assert.deepEqual([source.fps, source.duration, source.count], [10, 2, undefined]);
    const stop = new AbortController();
    const pids = (await Deno.readTextFile(`${command}.pids`)).trim().split("\n").map(Number);
    assert.equal(pids.length, 3); // its version, its banner, the frames
    Deno.kill(pids[2]!, "SIGCONT"); // does nothing to a process that runs, and fails where there is none
    await assert.rejects(async () => {
      for await (const _ of source.frames(stop.signal)) stop.abort();
    });
    assert.throws(() => Deno.kill(pids[2]!, "SIGCONT"));
  });
});

Deno.test({
  name: "an abort ends the worker of @ffmpeg/core: a program that has nothing else to do ends",
  ignore: DECODERS[1]!.ignore,
}, async () => {
  await withFile("aborted.ts", new TextEncoder().encode(ABORTED), async (path) => {
    const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--config", config, path, fixture("mjpeg.avi"), '{"ffmpeg":false}'],
      signal: AbortSignal.timeout(300_000), // only so that a worker that stays does not hold up all tests
    });
    const { code, stdout } = await child.output();
    assert.equal(new TextDecoder().decode(stdout), "AbortError 3\n");
    assert.equal(code, 0);
  });
});

// The same decoder in C and in SIMD rounds differently when it turns YUV into RGB.
const LARGEST_DIFFERENCE = 4;
const MEAN_DIFFERENCE = 1;

for (const [name] of [...CLIPS, ["variable.mkv"] as const]) {
  const ignore = DECODERS.some((decoder) => decoder.ignore);
  Deno.test({ name: `ffmpeg and @ffmpeg/core agree on ${name}`, ignore }, async () => {
    const [one, two] = await Promise.all(DECODERS.map(({ options }) => read(fixture(name), options)));
    assert.equal(one!.length, two!.length);
    one!.forEach((frame, i) => {
      const { data, index, time } = two![i]!;
      assert.deepEqual([index, time], [frame.index, frame.time]);
      let sum = 0;
      for (let k = 0; k < data.length; k++) {
        const difference = Math.abs(data[k]! - frame.data[k]!);
        assert.ok(difference <= LARGEST_DIFFERENCE, `frame ${i}, value ${k}: ${difference}`);
        sum += difference;
      }
      assert.ok(sum / data.length <= MEAN_DIFFERENCE);
    });
  });
}

Deno.test("openFrames() names both ways when nothing decodes videos", async () => {
  await assert.rejects(openFrames(fixture("h264.mp4"), { ffmpeg: false, ffmpegCore: false }), (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /h264\.mp4: a video needs a decoder: .*install ffmpeg.*deno task setup.*setup --video/);
    return true;
  });
});
