import assert from "node:assert/strict";
import { mediaKind } from "../../src/media/media_kind.ts";

const bytes = (text: string, length = 600) => {
  const out = new Uint8Array(length);
  [...text].forEach((letter, i) => out[i] = letter.charCodeAt(0));
  return out;
};

Deno.test("mediaKind() tells containers by their first bytes", () => {
  const heads: [string, string][] = [
    ["\0\0\0\x20ftypisom", "mov"],
    ["\0\0\0\x08wide", "mov"],
    ["\x1a\x45\xdf\xa3", "matroska"],
    ["RIFF\0\0\0\0AVI LIST", "avi"],
    ["GIF89a", "gif"],
    ["FLV\x01", "flv"],
    ["OggS", "ogg"],
    ["\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"],
    ["\0\0\x01\xba", "mpeg"],
    ["YUV4MPEG2 W64", "yuv4mpegpipe"],
  ];
  for (const [head, demuxer] of heads) assert.deepEqual(mediaKind(bytes(head)), { kind: "video", demuxer });
  const stream = new Uint8Array(600);
  for (const at of [0, 188, 376]) stream[at] = 0x47;
  assert.deepEqual(mediaKind(stream), { kind: "video", demuxer: "mpegts" });
});

Deno.test("mediaKind() tells pictures and archives", () => {
  assert.deepEqual(mediaKind(bytes("\xff\xd8\xff\xe0")), { kind: "jpeg" });
  assert.deepEqual(mediaKind(bytes("\x89PNG\r\n\x1a\n")), { kind: "png" });
  assert.deepEqual(mediaKind(bytes("PK\x03\x04")), { kind: "zip" });
  assert.deepEqual(mediaKind(new Uint8Array(0)), { kind: "empty" });
});

Deno.test("mediaKind() passes no text on to a video decoder: playlists name other files", () => {
  for (const text of ["#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", "ffconcat version 1.0\nfile x.mp4", "<MPD></MPD>", "G"]) {
    assert.equal(mediaKind(bytes(text, text.length)).kind, "unknown");
  }
});
