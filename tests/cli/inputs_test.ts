import assert from "node:assert/strict";
import { join } from "node:path";
import { listInputs } from "../../src/cli/inputs.ts";
import { inTemp } from "./harness.ts";

Deno.test("listInputs(): a GIF beside pictures does not stand for the folder, a video does", async () => {
  await inTemp(async (folder) => {
    const names = async (): Promise<string[]> => (await listInputs([folder], "out", false)).map(({ path }) => path);
    await Deno.writeTextFile(join(folder, "wave.gif"), "");
    assert.deepEqual(await names(), [join(folder, "wave.gif")]);
    await Deno.writeTextFile(join(folder, "photo.JPG"), "");
    assert.deepEqual(await names(), [folder]);
    await Deno.writeTextFile(join(folder, "clip.mp4"), "");
    assert.deepEqual(await names(), [join(folder, "clip.mp4")]);
  });
});
