/**
 * The 3D stage on a plain canvas, for machines without WebGL: lines and circles, sorted by depth.
 *
 * @module
 */
/// <reference lib="dom" />

import { jointColour, personColour } from "../palette.ts";
import { colourOf } from "./dom.ts";
import { type Bounds, FIGURE_SKELETON } from "./figures.ts";
import { distanceFor, FIELD_OF_VIEW, floorUnder, type Stage, VIEW_DIRECTIONS } from "./stage.ts";

type Vector = [number, number, number];

/** Radians a pixel of a drag. */
const DRAG_TURN = 0.008;
/** Nothing nearer than this is drawn, metres. */
const NEAR = 0.05;

/**
 * Makes the stage inside an element.
 *
 * @param host An element with a size.
 * @returns The stage.
 * @throws {Error} If the browser gives no 2D canvas.
 */
export function createCanvasStage(host: HTMLElement): Stage {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("Cannot draw as the browser gives no 2D canvas");
  host.append(canvas);
  const pen = context;
  let target: Vector = [0, 0, 0];
  let yaw = 0;
  let pitch = 0;
  let distance = 4;
  let floor: Bounds | null = null;
  let last: Parameters<Stage["draw"]> = [[], false];
  let lastLook: Parameters<Stage["look"]> | null = null;
  let touched = false;

  const camera = (): Vector => [
    target[0] + distance * Math.sin(yaw) * Math.cos(pitch),
    target[1] + distance * Math.sin(pitch),
    target[2] + distance * Math.cos(yaw) * Math.cos(pitch),
  ];

  /** Stage to canvas: x, y (px), px a metre there; null behind the camera. */
  function project(x: number, y: number, z: number): Vector | null {
    const [dx, dy, dz] = [x - target[0], y - target[1], z - target[2]];
    const right = dx * Math.cos(yaw) - dz * Math.sin(yaw);
    const back = dx * Math.sin(yaw) + dz * Math.cos(yaw);
    const up = dy * Math.cos(pitch) - back * Math.sin(pitch);
    const depth = distance - (back * Math.cos(pitch) + dy * Math.sin(pitch));
    if (!(depth > NEAR)) return null; // NaN too
    const scale = canvas.height / 2 / Math.tan((FIELD_OF_VIEW / 2) * Math.PI / 180) / depth;
    return [canvas.width / 2 + right * scale, canvas.height / 2 - up * scale, scale];
  }

  function line(a: Vector | null, b: Vector | null): void {
    if (a === null || b === null) return;
    pen.beginPath();
    pen.moveTo(a[0], a[1]);
    pen.lineTo(b[0], b[1]);
    pen.stroke();
  }

  function drawFloor(bounds: Bounds): void {
    const { min, max } = bounds;
    const { squares, step } = floorUnder(bounds);
    const half = squares / 2;
    const [x, y, z] = [(min[0] + max[0]) / 2, min[1], (min[2] + max[2]) / 2];
    pen.strokeStyle = colourOf("--grid");
    pen.lineWidth = devicePixelRatio;
    for (let k = -half; k <= half; k++) {
      const [at, end] = [k * step, half * step];
      line(project(x + at, y, z - end), project(x + at, y, z + end));
      line(project(x - end, y, z + at), project(x + end, y, z + at));
    }
  }

  function circle([x, y]: Vector, radius: number): void {
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
  }

  function draw(...asked: Parameters<Stage["draw"]>): void {
    last = asked;
    const [figures, sigma] = asked;
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.lineCap = "round";
    if (floor !== null) drawFloor(floor);
    const farFirst = figures
      .map((figure) => ({ figure, root: project(figure.joints[0]!, figure.joints[1]!, figure.joints[2]!) }))
      .sort((a, b) => (a.root?.[2] ?? 0) - (b.root?.[2] ?? 0));
    for (const { figure } of farFirst) {
      const points = FIGURE_SKELETON.joints.map((_, joint) =>
        project(figure.joints[joint * 3]!, figure.joints[joint * 3 + 1]!, figure.joints[joint * 3 + 2]!)
      );
      FIGURE_SKELETON.joints.forEach((name, joint) => {
        const point = points[joint] ?? null;
        if (point === null) return;
        const colour = jointColour(figure.id, name);
        pen.strokeStyle = pen.fillStyle = colour;
        pen.lineWidth = 0.03 * point[2];
        pen.setLineDash(figure.interpolated ? [0.06 * point[2], 0.06 * point[2]] : []);
        const parent = FIGURE_SKELETON.parents[joint]!;
        if (parent >= 0) line(points[parent] ?? null, point);
        pen.setLineDash([]);
        circle(point, 0.026 * point[2]);
        if (figure.derived.includes(joint)) pen.fillStyle = colourOf("--well");
        pen.lineWidth = 0.01 * point[2];
        pen.fill();
        pen.stroke();
        const radius = figure.sigma[joint]!;
        if (!sigma || !(radius > 0)) return;
        pen.globalAlpha = 0.2;
        pen.fillStyle = colour;
        circle(point, radius * point[2]);
        pen.fill();
        pen.globalAlpha = 1;
      });
      const top = points.filter((point) => point !== null).sort((a, b) => a[1] - b[1])[0];
      if (top === undefined) continue;
      pen.font = `700 ${0.14 * top[2]}px system-ui, sans-serif`;
      pen.textAlign = "center";
      pen.fillStyle = personColour(figure.id);
      pen.fillText(figure.label, top[0], top[1] - 0.12 * top[2]);
    }
  }

  function look(...asked: Parameters<Stage["look"]>): void {
    lastLook = asked;
    touched = false;
    const [bounds, view] = asked;
    const [x, y, z] = VIEW_DIRECTIONS[view];
    target = bounds.min.map((value, k) => (value + bounds.max[k]!) / 2) as Vector;
    yaw = Math.atan2(x, z);
    pitch = Math.atan2(y, Math.hypot(x, z));
    distance = distanceFor(bounds, VIEW_DIRECTIONS[view], canvas.width / canvas.height);
    floor = bounds;
    draw(...last);
  }

  canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    touched = true;
    yaw -= event.movementX * DRAG_TURN;
    pitch = Math.min(1.55, Math.max(-1.55, pitch + event.movementY * DRAG_TURN));
    draw(...last);
  });
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    touched = true;
    distance = Math.min(200, Math.max(0.3, distance * Math.exp(event.deltaY * 0.001)));
    draw(...last);
  }, { passive: false });
  new ResizeObserver(() => {
    canvas.width = Math.max(1, host.clientWidth * devicePixelRatio);
    canvas.height = Math.max(1, host.clientHeight * devicePixelRatio);
    if (lastLook !== null && !touched) look(...lastLook);
    else draw(...last);
  }).observe(host);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw(...last));
  return { kind: "canvas", draw, look, camera };
}
