import assert from "node:assert/strict";
import { join } from "node:path";
import { UsageError } from "../../src/cli/command.ts";
import { COMMAND } from "../../src/cli/commands/models.ts";
import { loadPackFrom } from "../../src/runtime/pack_fs.ts";
import { withModels } from "../runtime/_tiny.ts";
import { damage, keepingHost, packFolder } from "./_packs.ts";

async function models(
  positionals: string[],
  flags: Record<string, string | boolean> = {},
): Promise<{ code: number; text: string }> {
  const host = keepingHost();
  const code = await COMMAND.run({ positionals, flags }, host);
  return { code, text: host.printed.join("\n") };
}

Deno.test("models list shows name, system, dtypes and size, and keeps a broken pack in the list", async () => {
  await using place = await packFolder();
  await using other = await packFolder();
  await Deno.rename(other.tiny, join(place.root, "broken"));
  await Deno.writeTextFile(join(place.root, "broken", "manifest.json"), "[]");
  await withModels(place.root, async () => {
    const { code, text } = await models(["list"]);
    assert.equal(code, 0);
    assert.match(text, /^NAME +VERSION +SYSTEM +DTYPES +MB +PATH\n/);
    assert.match(text, /\ntiny +1\.0\.0 +test +fp32 q8 +0\.0 +\S+tiny/);
    assert.match(text, /\nbroken .*manifest must be an object: \[\]/);
    const rows = JSON.parse((await models(["list"], { json: true })).text);
    const tiny = rows.find((row: { name: string }) => row.name === "tiny");
    assert.deepEqual([tiny.bytes, tiny.dtypes, tiny.problem], [391 + 453, ["fp32", "q8"], null]);
  });
});

Deno.test("models show prints graphs, shapes and what was measured", async () => {
  await using place = await packFolder();
  const { code, text } = await models(["show", place.tiny]);
  assert.equal(code, 0);
  assert.match(text, /tiny 1\.0\.0: system test, 0\.0 MB, licence MIT/);
  assert.match(text, /manifest +sha-256 [0-9a-f]{64}/);
  assert.match(text, /graph +add: x \[batch, 8\], shift \[batch, 4\] -> sum \[batch, 4\]/);
  assert.match(text, /accuracy:\n +split test, metric mpjpe, value 41\.5, unit mm$/m);
  const json = JSON.parse((await models(["show", place.tiny], { json: true })).text);
  assert.equal(json.manifest.name, "tiny");
});

Deno.test("models verify ends with 0 on whole packs and with 1 on a damaged or absent one", async () => {
  await using place = await packFolder();
  const whole = await models(["verify", place.tiny]);
  assert.deepEqual([whole.code, whole.text], [0, `${place.tiny}: whole, 2 files`]);
  await damage(join(place.tiny, "tiny_q8.onnx"));
  const broken = await models(["verify", place.tiny]);
  assert.equal(broken.code, 1);
  assert.match(broken.text, /NOT WHOLE\n +.*tiny_q8\.onnx: its sha-256 must be/);
  assert.doesNotMatch(broken.text, /tiny_fp32/);
  const json = JSON.parse((await models(["verify", place.tiny], { json: true })).text);
  assert.deepEqual(json[0].files.map((file: { problem: string | null }) => file.problem === null), [true, false]);
  assert.equal((await models(["verify", join(place.root, "absent")])).code, 1);
});

Deno.test("models pack writes a .zip that loads as the same pack, and nothing beside it", async () => {
  await using place = await packFolder();
  const output = join(place.root, "out.zip");
  const { code } = await models(["pack", place.tiny], { output });
  assert.equal(code, 0);
  const [folder, zip] = [await loadPackFrom(place.tiny), await loadPackFrom(output)];
  assert.equal(zip.manifestSha256, folder.manifestSha256);
  assert.deepEqual(await zip.readGraph("add", "q8"), await folder.readGraph("add", "q8"));
  const names = (await Array.fromAsync(Deno.readDir(place.root))).map((entry) => entry.name).sort();
  assert.deepEqual(names, ["out.zip", "tiny"]);
});

Deno.test("models pack refuses an output that cannot be written and a damaged pack", async () => {
  await using place = await packFolder();
  const output = join(place.root, "absent", "out.zip");
  await assert.rejects(models(["pack", place.tiny], { output }), {
    name: "InputError",
    message: /the \.zip must be writable/,
  });
  await damage(join(place.tiny, "tiny_fp32.onnx"));
  await assert.rejects(models(["pack", place.tiny], { output: join(place.root, "x.zip") }), {
    name: "InputError",
    message: /sha-256/,
  });
});

Deno.test("models names its actions when it is used wrongly", async () => {
  for (const words of [["frob"], ["show"], ["show", "a", "b"], ["pack"], ["list", "a"]]) {
    await assert.rejects(models(words), UsageError, words.join(" "));
  }
});
