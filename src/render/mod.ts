/**
 * Pictures of results: SVG overlays and the self-contained HTML viewer.
 *
 * @module
 */

export { drawOverlay } from "./draw_overlay.ts";
export { type OverlayOptions, type OverlayPerson, type OverlaySize, overlaySvg } from "./overlay.ts";
export type { SecondRun } from "./join_runs.ts";
export { personColour } from "./palette.ts";
export { renderViewer, type ViewerImage, type ViewerOptions } from "./viewer.ts";
