/**
 * Pixels in: pictures, folders, archives and videos as streams of frames. Nothing runs on import; reading files and videos needs
 * Deno.
 *
 * @module
 */

export { type DecoderInfo, describeDecoders } from "./describe_decoders_fs.ts";
export type { Frame, FrameSource, IsWanted } from "./frame.ts";
export { decodeImage } from "./image.ts";
export { encodeJpeg } from "./jpeg.ts";
export { type CodecLoader, type CodecName, useCodecLoader } from "./codec_wasm.ts";
export { checkFrameSize, MAX_IMAGE_BYTES, MAX_PIXELS, MAX_SIDE } from "./limits.ts";
export { compareNatural, comparePaths } from "./natural_sort.ts";
export { encodePng } from "./png.ts";
export { type ImageEntry, isImageName } from "./image_source.ts";
export { type InputContent, listInput } from "./list_pictures_fs.ts";
export { openFrames, type OpenFramesOptions } from "./open_frames_fs.ts";
export { differentSizes, type PictureSize, readPictureSize } from "./picture_sizes.ts";
export { resizeFrame } from "./resize.ts";
export type { TimingOptions } from "./timing.ts";
export type { VideoDecoderOptions } from "./video_decoder_fs.ts";
