/**
 * Pixels in: pictures, folders, archives and videos as streams of frames.
 *
 * @module
 */

export type { Frame, FrameSource } from "./frame.ts";
export { decodeImage } from "./image.ts";
export { encodeJpeg } from "./jpeg.ts";
export { checkFrameSize, MAX_IMAGE_BYTES, MAX_PIXELS, MAX_SIDE } from "./limits.ts";
export { compareNatural, comparePaths } from "./natural_sort.ts";
export { openFrames, type OpenFramesOptions } from "./open_frames_fs.ts";
