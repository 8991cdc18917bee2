/**
 * Made-up people for tests of the viewer: stick figures that walk in front of a pinhole camera. Nothing is measured here;
 * sizes and swings are those of an adult's walk, rounded.
 *
 * @module
 */

import type {
  FrameRecord,
  HeaderRecord,
  Keypoint2D,
  Keypoint3D,
  PersonRecord,
  PoseRecord,
} from "../../src/formats/record.ts";
import type { ViewerImage } from "../../src/render/mod.ts";
import { encodePng } from "./png.ts";

type Vector = [x: number, y: number, z: number];

/** Picture and camera of the walk. */
export const WALK = { width: 640, height: 480, fps: 25, focal: 640, floor: 1.35 } as const;

/** How one figure walks. */
interface Walker {
  readonly id: number;
  /** Pelvis on the floor plan at time 0, and its speed, metres (a second): x right, z away. */
  readonly from: readonly [x: number, z: number];
  readonly speed: readonly [x: number, z: number];
  /** Phase of the step, radians. */
  readonly phase: number;
  /** First and last frame it is in. */
  readonly stay: readonly [first: number, last: number];
  /** Frames in which nobody was detected. */
  readonly filled: readonly [first: number, last: number];
}

const WALKERS: readonly Walker[] = [
  { id: 1, from: [-1.4, 3.6], speed: [0.75, 0.05], phase: 0, stay: [0, Infinity], filled: [30, 37] },
  { id: 2, from: [1.5, 4.8], speed: [-0.7, -0.15], phase: 2, stay: [12, Infinity], filled: [70, 74] },
];

/** Joints of a figure in metres in the camera's axes (x right, y down, z away), H36M-17, and the nose, eyes and ears. */
function pose(walker: Walker, time: number): { h36m: Vector[]; face: Vector[] } {
  const swing = Math.sin(2 * Math.PI * 0.9 * time + walker.phase);
  const bob = 0.02 * Math.cos(4 * Math.PI * 0.9 * time + 2 * walker.phase);
  const heading = Math.atan2(walker.speed[1], walker.speed[0]);
  const [cos, sin] = [Math.cos(heading), Math.sin(heading)];
  const [x, z] = [walker.from[0] + walker.speed[0] * time, walker.from[1] + walker.speed[1] * time];
  /** ahead, up from the floor, to the figure's left. */
  const at = (ahead: number, up: number, left: number): Vector => [
    x + ahead * cos - left * sin,
    WALK.floor - up - bob,
    z + ahead * sin + left * cos,
  ];
  const leg = (side: 1 | -1): Vector[] => {
    const angle = 0.45 * swing * side;
    const bend = 0.35 + 0.35 * Math.max(0, -Math.cos(2 * Math.PI * 0.9 * time + walker.phase) * side);
    const knee: [number, number] = [0.44 * Math.sin(angle + bend * 0.3), 0.92 - 0.44 * Math.cos(angle + bend * 0.3)];
    const shin = angle - bend * 0.7;
    const ankle: [number, number] = [knee[0] + 0.42 * Math.sin(shin), knee[1] - 0.42 * Math.cos(shin)];
    return [at(0, 0.92, side * 0.12), at(...knee, side * 0.12), at(...ankle, side * 0.11)];
  };
  const arm = (side: 1 | -1): Vector[] => {
    const angle = -0.4 * swing * side;
    const elbow: [number, number] = [0.02 + 0.29 * Math.sin(angle), 1.43 - 0.29 * Math.cos(angle)];
    const fore = angle + 0.45;
    return [
      at(0.02, 1.43, side * 0.19),
      at(...elbow, side * 0.24),
      at(elbow[0] + 0.25 * Math.sin(fore), elbow[1] - 0.25 * Math.cos(fore), side * 0.22),
    ];
  };
  const h36m = [
    at(0, 0.92, 0),
    ...leg(-1),
    ...leg(1),
    at(0.01, 1.17, 0),
    at(0.02, 1.43, 0),
    at(0.06, 1.53, 0),
    at(0.06, 1.65, 0),
    ...arm(1),
    ...arm(-1),
  ];
  const face = [
    at(0.15, 1.6, 0),
    at(0.13, 1.63, 0.03),
    at(0.13, 1.63, -0.03),
    at(0.06, 1.62, 0.08),
    at(0.06, 1.62, -0.08),
  ];
  return { h36m, face };
}

function person(walker: Walker, index: number): PersonRecord {
  const { h36m, face } = pose(walker, index / WALK.fps);
  const root = h36m[0]!;
  const interpolated = index >= walker.filled[0] && index <= walker.filled[1];
  // Limbs behind the body and quick ones are less sure, and everything is in frames that were filled.
  const doubt = (interpolated ? 3 : 1) * (1 + 0.4 * Math.sin(index / 9 + walker.id));
  const COCO_FROM_H36M = [11, 14, 12, 15, 13, 16, 4, 1, 5, 2, 6, 3];
  const world = [...face, ...COCO_FROM_H36M.map((joint) => h36m[joint]!)];
  const keypoints = world.map(([x, y, z], joint): Keypoint2D => [
    WALK.width / 2 + (WALK.focal * x) / z,
    WALK.height / 2 + (WALK.focal * y) / z,
    Math.max(0.1, 0.95 - 0.02 * joint - (interpolated ? 0.4 : 0) - (joint === 4 ? 0.7 : 0)),
    (2 + joint * 0.25) * doubt,
  ]);
  const xs = keypoints.map(([x]) => x);
  const ys = keypoints.map(([, y]) => y);
  const [left, top] = [Math.min(...xs) - 12, Math.min(...ys) - 18];
  return {
    id: walker.id,
    box: [left, top, Math.max(...xs) + 12 - left, Math.max(...ys) + 12 - top],
    score: interpolated ? 0.4 : 0.93,
    keypoints,
    keypoints3d: h36m.map((point, joint): Keypoint3D => [
      point[0] - root[0],
      point[1] - root[1],
      point[2] - root[2],
      joint === 0 ? 0 : (0.012 + 0.002 * (joint % 4) + ([3, 6, 13, 16].includes(joint) ? 0.02 : 0)) * doubt,
    ]),
    derived: [0, 7, 8, 9, 10],
    interpolated,
  };
}

/** The header of the walk. */
export function walkHeader(change: Partial<HeaderRecord> = {}): HeaderRecord {
  return {
    type: "header",
    format: "diffpose/1",
    input: "walk.mp4",
    fps: WALK.fps,
    width: WALK.width,
    height: WALK.height,
    skeleton2d: "coco17",
    skeleton3d: "h36m17",
    camera: "x right, y down, z forward; focal length 640 px",
    units: "m",
    models: [
      { name: "movenet", sha256: "ab".repeat(32), dtype: "fp32", device: "wasm" },
      { name: "diffpose-3d", sha256: "cd".repeat(32), dtype: "q8", device: "wasm" },
    ],
    options: { steps: 5, hypotheses: 5, seed: 1, focal: WALK.focal },
    tool: "0.1.0",
    ...change,
  };
}

/** A frame of the walk with the first `people` figures. */
export function walkFrame(index: number, people = 2): FrameRecord {
  const here = WALKERS.slice(0, people).filter(({ stay }) => index >= stay[0] && index <= stay[1]);
  return { type: "frame", index, time: index / WALK.fps, people: here.map((walker) => person(walker, index)) };
}

/** All lines of a walk. */
export function* walkRecords(frames: number, people = 2, header: HeaderRecord = walkHeader()): Generator<PoseRecord> {
  yield header;
  for (let index = 0; index < frames; index++) yield walkFrame(index, people);
  yield { type: "end", frames, seconds: frames / header.fps };
}

/** Small pictures of the walk: a floor, a wall and a grey body, 160 x 120. */
export function* walkImages(frames: number, every = 1): Generator<ViewerImage> {
  const [width, height] = [160, 120];
  for (let index = 0; index < frames; index += every) {
    const data = new Uint8ClampedArray(width * height * 4).fill(255);
    const paint = (x0: number, y0: number, x1: number, y1: number, grey: number): void => {
      for (let y = Math.max(0, Math.floor(y0)); y < Math.min(height, y1); y++) {
        for (let x = Math.max(0, Math.floor(x0)); x < Math.min(width, x1); x++) {
          data.set([grey, grey, grey + 8], (y * width + x) * 4);
        }
      }
    };
    paint(0, 0, width, height, 168);
    paint(0, 78, width, height, 132);
    for (let x = index % 40; x < width; x += 40) paint(x, 20, x + 2, 78, 150);
    for (const { box: [x, y, w, h] } of walkFrame(index).people) {
      paint(x / 4 + w / 12, y / 4 + 4, (x + w) / 4 - w / 12, (y + h) / 4 - 3, 100);
    }
    yield { index, bytes: encodePng({ width, height, data }), type: "image/png" };
  }
}
