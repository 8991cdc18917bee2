import assert from "node:assert/strict";
import { CODEC_VERSIONS, describeDecoders } from "../../src/media/describe_decoders_fs.ts";

Deno.test("describeDecoders() tells what is there and what is not", async () => {
  const found = await describeDecoders({ ffmpeg: false, ffmpegCore: false });
  assert.deepEqual(found.map(({ name, present }) => [name, present]), [
    ["ffmpeg", false],
    ["@ffmpeg/core", false],
    ["@jsquash/jpeg", true],
    ["@jsquash/png", true],
  ]);
  assert.equal(found[0]!.path, null);
  assert.equal(found[1]!.licence, "GPL-2.0-or-later");
});

Deno.test("CODEC_VERSIONS are the versions that deno.json pins", async () => {
  const config = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  for (const [name, version] of Object.entries(CODEC_VERSIONS)) {
    assert.equal(config.imports[`${name}/decode`], `npm:${name}@${version}/decode.js`);
  }
});
