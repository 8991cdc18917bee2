/**
 * A real binary, copied alone into an empty folder, does what the sources do. It is built with an older Deno, whose base
 * program can be had offline; a release build uses the current one.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { binaryName, compileArguments, TARGETS } from "../../release/compile.ts";
import { stage, workerModules } from "../../release/stage.ts";
import type { DoctorReport } from "../../src/cli/commands/doctor.ts";
import { SERVICE_LIMITS } from "../../src/edge/mod.ts";
import { describeHandler } from "../../src/edge/page.ts";
import { sha256 } from "../../src/runtime/mod.ts";
import { pageTable } from "../browser/page_fixture.ts";
import { ROOT } from "../cli/harness.ts";

const SCRIPT = join(ROOT, "../shared/tools/compile-check.sh");
const PACKS = ["diffpose-3d", "movenet-multipose", "movenet-thunder"];
const missing = !existsSync(SCRIPT)
  ? `${SCRIPT} is not there`
  : PACKS.some((name) => !existsSync(join(ROOT, "models", name, "manifest.json")))
  ? "a model pack is not there"
  : null;
/** What the binary may add to an empty program of the same Deno. */
const MOST_ABOVE_EMPTY = 60e6;

Deno.test("compile: names of binaries and arguments", async () => {
  assert.equal(TARGETS.length, 5);
  assert.equal(binaryName("x86_64-pc-windows-msvc"), "diffpose-x86_64-pc-windows-msvc.exe");
  assert.equal(binaryName("aarch64-apple-darwin"), "diffpose-aarch64-apple-darwin");
  const words = await compileArguments(ROOT);
  assert.equal(words.at(-1), "cli.js");
  assert.ok(!words.includes("-A") && !words.includes("--allow-all") && words.includes("--allow-read"));
});

Deno.test("compile: every worker is included, and takes its WebAssembly from the binary where it opens packs", async () => {
  const workers = await workerModules(ROOT);
  assert.ok(workers.includes("src/media/ffmpeg_core_worker_fs.ts"));
  const texts = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.startsWith("browser")).map((name) =>
      readFileSync(join(ROOT, "src", name), "utf8")
    );
  assert.equal(
    texts.join("").match(/new Worker\((?!\))/g)!.length,
    workers.length,
    "a worker is started in another way",
  );
  for (const path of workers) {
    const text = readFileSync(join(ROOT, path), "utf8");
    assert.ok(!text.includes("/pack_fs.ts") || text.includes("useEmbedded();"), `${path} must call useEmbedded()`);
  }
});

Deno.test({
  name: `compile: the binary alone runs doctor, lift, run and view as the sources do${
    missing === null ? "" : ` (ignored: ${missing})`
  }`,
  ignore: missing !== null,
  fn: async (t) => {
    const folder = await Deno.makeTempDir();
    try {
      const staged = join(folder, "stage");
      const built = join(folder, "diffpose");
      const page = await pageOfSources();
      const files = await stage({ root: ROOT, folder: staged, cache: join(ROOT, "dist/cache") });
      await command("bash", [SCRIPT, built, ...await compileArguments(ROOT)], staged);
      await Deno.writeTextFile(join(folder, "empty.ts"), "");
      await command("bash", [SCRIPT, join(folder, "empty"), "empty.ts"], folder);
      await t.step("it adds at most 60 MB to an empty program", async () => {
        const [full, empty] = await Promise.all([Deno.stat(built), Deno.stat(join(folder, "empty"))]);
        assert.ok(full.size - empty.size <= MOST_ABOVE_EMPTY, `${full.size - empty.size} bytes above an empty program`);
      });
      // Nothing that was used to build it stays, and the caches of this user are out of sight.
      const alone = join(folder, "alone");
      await Deno.mkdir(alone);
      await Deno.rename(built, join(alone, "diffpose"));
      await Deno.remove(staged, { recursive: true });
      await putInputs(alone);
      await Deno.mkdir(join(folder, "sources"));
      await putInputs(join(folder, "sources"));
      const binary = (words: readonly string[]) => alonely(alone, words);
      const sources = (words: readonly string[]) =>
        command(Deno.execPath(), ["run", "-A", join(ROOT, "cli.ts"), ...words], join(folder, "sources"));
      await t.step("doctor lists what is embedded, and every pack is whole", async () => {
        const report = JSON.parse(await binary(["doctor", "--json"])) as DoctorReport;
        assert.deepEqual(report.embedded, files);
        assert.deepEqual(report.packs.map(({ problems }) => problems), report.packs.map(() => []));
        for (const name of PACKS) assert.ok(report.packs.some((pack) => pack.name === name), name);
        const codecs = report.decoders.filter(({ serves }) => serves !== "video");
        assert.deepEqual(codecs.map(({ present }) => present), [true, true]);
      });
      for (const [words, results] of COMMANDS) {
        await t.step(words[0]!, async () => {
          await binary(words);
          await sources(words);
          for (const path of results) {
            const [got, wanted] = await Promise.all(
              [alone, join(folder, "sources")].map((each) => Deno.readFile(join(each, path))),
            );
            assert.ok(wanted!.length > 1000, `${path} has ${wanted!.length} bytes`);
            assert.deepEqual(got, wanted, `${path} differs`);
          }
        });
      }
      await t.step("bench", async () => {
        const words = ["bench", "diffpose-3d", "--dtype", "q8", "--seconds", "0.01", "--json", "--device", "wasm"];
        const { packs: [{ rows: [row] }] } = JSON.parse(await binary([...words, "--threads", "1"]));
        assert.deepEqual([row.device, row.dtype, row.problem, row.graphs.length], ["wasm", "q8", null, 2]);
      });
      await t.step("serve", async () => {
        const child = new Deno.Command("env", {
          args: [...bare(alone), "serve", "--port", "0", ...DEVICE.filter((word) => word !== "--quiet")],
          cwd: alone,
          stdout: "piped",
        }).spawn();
        const lines = child.stdout.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
        const address = ((await lines.next()).value as string).trim();
        const body = await Deno.readFile(join(alone, "keypoints.ndjson"));
        const headers = { "content-type": "application/json" };
        const response = await fetch(new URL("lift", address), { method: "POST", headers, body });
        assert.equal(response.status, 200);
        assert.equal((await response.json()).frames.length, 3);
        const { limits } = await (await fetch(new URL("api", address))).json();
        assert.deepEqual(limits, describeHandler(SERVICE_LIMITS, false).limits);
        for (const [path, [type, hash]] of page) {
          const answer = await fetch(new URL(path, address));
          assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, type], path);
          assert.equal(await sha256(await answer.bytes()), hash, `${path} differs`);
        }
        child.kill("SIGTERM");
        while ((await lines.next()).done !== true);
        assert.equal((await child.status).code, 0);
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** Content types and hashes of the page and everything that it loads, by path, out of the sources. */
async function pageOfSources(): Promise<Map<string, readonly [type: string, sha256: string]>> {
  const found = new Map<string, readonly [string, string]>();
  for (const [path, { type, body }] of Object.entries(await pageTable())) {
    const bytes = typeof body === "function" ? await body() : new TextEncoder().encode(body as string);
    found.set(path, [type, await sha256(bytes)]);
  }
  return found;
}

/** WASM with one thread: the older Deno has no threads for it. */
const DEVICE = ["--device", "wasm", "--threads", "1", "--quiet"];
const VIDEO = existsSync(join(ROOT, "models/diffpose-video/manifest.json"));
const COMMANDS: readonly (readonly [readonly string[], readonly string[]])[] = [
  [["lift", "keypoints.ndjson", "-o", "lifted", ...DEVICE], ["lifted/keypoints/poses.ndjson"]],
  [["run", "frames.zip", "-o", "ran", ...DEVICE], ["ran/frames/poses.ndjson", "ran/frames/view.html"]],
  ...(VIDEO
    ? [[["pose", "frames.zip", "--system", "diffpose-video", "-o", "posed", ...DEVICE], [
      "posed/frames/poses.ndjson",
    ]]] as const
    : []),
  [["view", "ran/frames/poses.ndjson", "--frames", "frames.zip", "-o", "page.html", "--quiet"], ["page.html"]],
];

async function putInputs(folder: string): Promise<void> {
  const picture = await Deno.readFile(join(ROOT, "fixtures/images/pose.jpg"));
  const frames = Object.fromEntries([0, 1, 2].map((i) => [`frame_${i}.jpg`, picture]));
  await Deno.writeFile(join(folder, "frames.zip"), zipSync(frames, { level: 0 }));
  await Deno.copyFile(join(ROOT, "fixtures/formats/diffpose.ndjson"), join(folder, "keypoints.ndjson"));
}

/** Arguments of `env` that start the binary with next to no environment. */
function bare(folder: string): string[] {
  return ["-i", "PATH=/usr/bin:/bin", `HOME=${folder}`, "./diffpose"];
}

/** The binary with next to no environment; where the system lets us, without a network. */
async function alonely(folder: string, words: readonly string[]): Promise<string> {
  const cut = await new Deno.Command("unshare", { args: ["-n", "true"] }).output().then(
    (it) => it.success,
    () => false,
  );
  return await command(cut ? "unshare" : "env", [...(cut ? ["-n", "env"] : []), ...bare(folder), ...words], folder);
}

async function command(program: string, args: readonly string[], cwd: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args], cwd }).output();
  const decoder = new TextDecoder();
  assert.ok(success, `${program} ${args.join(" ")}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}
