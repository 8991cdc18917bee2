import assert from "node:assert/strict";
import { decodeArguments } from "../../src/media/ffmpeg_arguments.ts";
import { FfmpegLog, type FrameHeader } from "../../src/media/ffmpeg_log.ts";
import { readLines } from "../../src/media/lines.ts";
import { parseBanner, parseProbe } from "../../src/media/video_probe.ts";

// Lines as ffmpeg 5.1.9 printed them for fixtures/media/h264.mp4.
const CONFIG = "[showinfo@source @ 0x5608] [info] config in time_base: 1/10240, frame_rate: 10/1";
const line = (filter: string, n: number, pts: number | string) =>
  `[${filter} @ 0x5608] [info] n:${String(n).padStart(4)} pts:${String(pts).padStart(7)} pts_time:0.1     ` +
  "pos:     1926 fmt:yuv420p sar:0/1 s:64x48 i:P iskey:1 type:I ";

function headersOf(trimmed: boolean, lines: string[]): FrameHeader[] {
  const headers: FrameHeader[] = [];
  const log = new FfmpegLog(trimmed, (header) => headers.push(header));
  for (const each of lines) log.push(each);
  return headers;
}

Deno.test("FfmpegLog tells index, time and size of each frame", () => {
  const headers = headersOf(false, [CONFIG, line("showinfo@source", 0, 0), line("showinfo@source", 1, 1024)]);
  const size = { width: 64, height: 48 };
  assert.deepEqual(headers, [{ index: 0, time: 0, ...size }, { index: 1, time: 0.1, ...size }]);
});

Deno.test("FfmpegLog keeps the source's index for a part of a clip", () => {
  const source = [0, 1, 2, 3].map((n) => line("showinfo@source", n, n * 1024));
  const output = [2, 3].map((n) => line("showinfo@output", n - 2, n * 1024));
  const headers = headersOf(true, [CONFIG, ...source, ...output]);
  assert.deepEqual(headers.map(({ index, time }) => [index, time]), [[2, 0.2], [3, 0.3]]);
});

Deno.test("FfmpegLog gives no time where the container has none", () => {
  assert.equal(headersOf(false, [CONFIG, line("showinfo@source", 0, "NOPTS")])[0]!.time, null);
});

Deno.test("FfmpegLog goes on counting when the clip changes its size", () => {
  const big = line("showinfo@source", 0, 0).replace("64x48", "128x96");
  const headers = headersOf(false, [
    CONFIG,
    line("showinfo@source", 0, 0),
    line("showinfo@source", 1, 5120),
    CONFIG,
    big,
  ]);
  assert.deepEqual(headers.map(({ index, time, width }) => [index, time, width]), [[0, 0, 64], [1, 0.5, 64], [
    2,
    0.5,
    128,
  ]]);
});

Deno.test("FfmpegLog keeps errors apart and without addresses", () => {
  const log = new FfmpegLog(false, () => {});
  log.push("[h264 @ 0x5608] [error] error while decoding MB 3 1");
  log.push("[info] Input #0, mov, from 'x':");
  log.push("[fatal] Conversion failed!");
  assert.deepEqual(log.errors, ["error while decoding MB 3 1", "Conversion failed!"]);
  assert.deepEqual(log.banner, ["[info] Input #0, mov, from 'x':"]);
});

Deno.test("parseProbe() reads ffprobe's JSON", () => {
  const stream = { codec_name: "h264", width: 640, height: 480, avg_frame_rate: "30000/1001", nb_frames: "89" };
  const info = parseProbe("x.mp4", JSON.stringify({ streams: [{ ...stream, duration: "2.97" }], format: {} }));
  assert.deepEqual(info, { fps: 30000 / 1001, width: 640, height: 480, codec: "h264", count: 89, duration: 2.97 });
  const rough = { streams: [{ ...stream, avg_frame_rate: "0/0", r_frame_rate: "25/1", nb_frames: "N/A" }] };
  assert.equal(parseProbe("x", JSON.stringify(rough)).fps, 25);
  assert.equal(parseProbe("x", JSON.stringify(rough)).count, undefined);
  assert.throws(() => parseProbe("x.mp4", '{"streams":[]}'), /x\.mp4: a video must have a video stream/);
  assert.throws(() => parseProbe("x.mp4", "oops"), /ffprobe printed no JSON/);
});

Deno.test("parseBanner() reads what ffmpeg prints without ffprobe", () => {
  const lines = [
    "Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'x.mp4':",
    "  Duration: 00:01:02.97, start: 0.000000, bitrate: 413 kb/s",
    "  Stream #0:0[0x1](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p(progressive), 640x480, 408 kb/s, 29.97 fps, 30 tbr, 15360 tbn (default)",
  ];
  assert.deepEqual(parseBanner("x", lines), {
    fps: 30000 / 1001,
    width: 640,
    height: 480,
    codec: "h264",
    duration: 62.97,
  });
  assert.throws(() => parseBanner("x", lines.slice(0, 2)), /must have a video stream/);
});

Deno.test("decodeArguments() allows local files only and names the demuxer", () => {
  const args = decodeArguments({ demuxer: "mov", file: "-i http://x.mp4", output: "pipe:1", major: 6 });
  const at = args.indexOf("-i");
  assert.deepEqual(args.slice(at - 4, at + 2), [
    "-protocol_whitelist",
    "file",
    "-f",
    "mov",
    "-i",
    "file:-i http://x.mp4",
  ]);
});

Deno.test("readLines() puts chunks together at any cut", async () => {
  const bytes = new TextEncoder().encode("erste\nzweite Zeile äöü\r\nrest");
  for (let cut = 0; cut <= bytes.length; cut++) {
    const lines: string[] = [];
    await readLines(ReadableStream.from([bytes.slice(0, cut), bytes.slice(cut)]), (each) => lines.push(each));
    assert.deepEqual(lines.filter((each) => each !== ""), ["erste", "zweite Zeile äöü", "rest"]);
  }
});
