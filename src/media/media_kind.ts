/**
 * What a file holds, told by its first bytes, not by its name.
 *
 * @module
 */

import { hasText } from "./bytes.ts";
import { imageFormat } from "./image_header.ts";

/** How many first bytes {@link mediaKind} wants to see. */
export const MAGIC_BYTES = 4096;

/** A picture, an archive, a video with the name of ffmpeg's demuxer, or nothing that can be read. */
export type MediaKind =
  | { readonly kind: "jpeg" | "png" | "zip" }
  | { readonly kind: "video"; readonly demuxer: string }
  | { readonly kind: "empty" }
  | { readonly kind: "unknown"; readonly firstBytes: string };

// ISO base media files begin with a box; old QuickTime files may lack ftyp.
const MOV_BOXES = ["ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"];

/**
 * Tells what a file holds. Only containers of moving pictures are passed on to ffmpeg, and the demuxer is named to it,
 * so that a text file can neither be drawn as a terminal nor act as a playlist that pulls in other files.
 *
 * @param head The first {@link MAGIC_BYTES} bytes, or the whole file if it is shorter.
 */
export function mediaKind(head: Uint8Array): MediaKind {
  if (head.length === 0) return { kind: "empty" };
  const image = imageFormat(head);
  if (image !== null) return { kind: image };
  // "PK\3\4" begins an entry, "PK\5\6" is the end record of an archive without entries.
  if (hasText(head, 0, "PK\x03\x04") || hasText(head, 0, "PK\x05\x06")) return { kind: "zip" };
  const demuxer = videoDemuxer(head);
  if (demuxer !== null) return { kind: "video", demuxer };
  const firstBytes = [...head.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return { kind: "unknown", firstBytes };
}

function videoDemuxer(head: Uint8Array): string | null {
  const starts = (...codes: number[]) => codes.every((code, i) => head[i] === code);
  if (MOV_BOXES.some((box) => hasText(head, 4, box))) return "mov";
  if (starts(0x1a, 0x45, 0xdf, 0xa3)) return "matroska"; // and WebM
  if (hasText(head, 0, "RIFF") && hasText(head, 8, "AVI ")) return "avi";
  if (hasText(head, 0, "GIF87a") || hasText(head, 0, "GIF89a")) return "gif";
  if (hasText(head, 0, "FLV\x01")) return "flv";
  if (hasText(head, 0, "OggS")) return "ogg";
  if (starts(0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11)) return "asf"; // and WMV
  if (starts(0, 0, 1, 0xba)) return "mpeg";
  if (starts(0, 0, 1, 0xb3)) return "mpegvideo";
  if (hasText(head, 0, "YUV4MPEG2 ")) return "yuv4mpegpipe";
  if (hasText(head, 0, "DKIF")) return "ivf";
  if (starts(0x06, 0x0e, 0x2b, 0x34)) return "mxf";
  // Transport stream packets of 188 bytes, or of 192 with a time stamp before each.
  const synced = (first: number, step: number) =>
    [0, 1, 2].every((i) => first + i * step < head.length && head[first + i * step] === 0x47);
  return synced(0, 188) || synced(4, 192) ? "mpegts" : null;
}
