import assert from "node:assert/strict";
import { fileNames, type LayoutName, layouts } from "../../src/skeleton/layouts.ts";

/** Orders and spellings as the sources that the layouts name print them. */
const PRINTED: Readonly<Record<LayoutName, string>> = {
  // COCO API, person_keypoints categories[0].keypoints.
  coco17: "nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder left_elbow right_elbow left_wrist " +
    "right_wrist left_hip right_hip left_knee right_knee left_ankle right_ankle",
  // diffpose/1.
  h36m17:
    "pelvis right_hip right_knee right_ankle left_hip left_knee left_ankle spine thorax neck head left_shoulder " +
    "left_elbow left_wrist right_shoulder right_elbow right_wrist",
  // poseval py/convert.py, POSETRACK18_LM_NAMES_COCO_ORDER.
  posetrack18: "nose head_bottom head_top left_ear right_ear left_shoulder right_shoulder left_elbow right_elbow " +
    "left_wrist right_wrist left_hip right_hip left_knee right_knee left_ankle right_ankle",
  // poseval py/convert.py, POSETRACK18_LM_NAMES.
  posetrack15:
    "right_ankle right_knee right_hip left_hip left_knee left_ankle right_wrist right_elbow right_shoulder " +
    "left_shoulder left_elbow left_wrist head_bottom nose head_top",
  // mmpose configs/_base_/datasets/mpii.py.
  mpii16: "right_ankle right_knee right_hip left_hip left_knee left_ankle pelvis thorax upper_neck head_top " +
    "right_wrist right_elbow right_shoulder left_shoulder left_elbow left_wrist",
  // CrowdPose annotations, categories[0].keypoints; mmpose's crowdpose.py has the same order and says top_head.
  crowdpose14: "left_shoulder right_shoulder left_elbow right_elbow left_wrist right_wrist left_hip right_hip " +
    "left_knee right_knee left_ankle right_ankle head neck",
  // mmpose configs/_base_/datasets/aic.py.
  aic14: "right_shoulder right_elbow right_wrist left_shoulder left_elbow left_wrist right_hip right_knee " +
    "right_ankle left_hip left_knee left_ankle head_top neck",
  // OpenPose doc/02_output.md, POSE_BODY_25_BODY_PARTS.
  body25: "Nose Neck RShoulder RElbow RWrist LShoulder LElbow LWrist MidHip RHip RKnee RAnkle LHip LKnee LAnkle REye " +
    "LEye REar LEar LBigToe LSmallToe LHeel RBigToe RSmallToe RHeel",
  // OpenPose poseParameters.cpp, POSE_COCO_BODY_PARTS.
  coco18: "Nose Neck RShoulder RElbow RWrist LShoulder LElbow LWrist RHip RKnee RAnkle LHip LKnee LAnkle REye LEye " +
    "REar LEar",
};

/** What files call one thing and the layouts another. */
const CANONICAL: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  posetrack18: { head_bottom: "upper_neck" },
  posetrack15: { head_bottom: "upper_neck" },
  crowdpose14: { head: "head_top", neck: "lower_neck" },
  aic14: { neck: "lower_neck" },
  body25: { neck: "mid_shoulder", mid_hip: "pelvis" },
  coco18: { neck: "mid_shoulder" },
};

/** `LBigToe` -> `left_big_toe`. */
const snake = (name: string): string =>
  name.replace(/^L(?=[A-Z])/, "Left").replace(/^R(?=[A-Z])/, "Right")
    .replace(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase();

for (const [name, printed] of Object.entries(PRINTED) as [LayoutName, string][]) {
  const names = printed.split(" ");

  Deno.test(`${name} spells its joints in files as its source does`, () => {
    assert.deepEqual(fileNames[name], names);
    assert.ok(Object.isFrozen(fileNames[name]));
  });

  Deno.test(`${name} orders its joints as its source does`, () => {
    assert.deepEqual(layouts[name].joints, names.map((one) => CANONICAL[name]?.[snake(one)] ?? snake(one)));
  });

  Deno.test(`${name} is one tree whose bones stay on their side`, () => {
    const { joints, parents } = layouts[name];
    assert.equal(parents.filter((parent) => parent < 0).length, 1);
    parents.forEach((parent, joint) => {
      if (parent < 0) return;
      const sides = [joints[joint]!, joints[parent]!].map((one) => /^(left|right)_/.exec(one)?.[1]);
      assert.ok(sides.includes(undefined) || sides[0] === sides[1], `${joints[parent]} carries ${joints[joint]}`);
    });
  });

  Deno.test(`${name} draws the same lines in a mirror`, () => {
    const { edges, mirror } = layouts[name];
    const key = (a: number, b: number): string => `${Math.min(a, b)} ${Math.max(a, b)}`;
    const drawn = new Set(edges.map(([a, b]) => key(a, b)));
    assert.equal(drawn.size, edges.length);
    for (const [a, b] of edges) assert.ok(drawn.has(key(mirror[a]!, mirror[b]!)));
  });
}

Deno.test("layouts list every layout once", () => {
  assert.deepEqual(Object.keys(layouts).sort(), Object.keys(PRINTED).sort());
  assert.deepEqual(Object.keys(fileNames).sort(), Object.keys(PRINTED).sort());
});

Deno.test("the five points that files call neck have five names", () => {
  const necks = ["neck", "upper_neck", "lower_neck", "thorax", "mid_shoulder"];
  const homes = necks.map((neck) => Object.values(layouts).filter(({ joints }) => joints.includes(neck)));
  assert.deepEqual(homes.map((home) => home.map(({ name }) => name)), [
    ["h36m17"],
    ["posetrack18", "posetrack15", "mpii16"],
    ["crowdpose14", "aic14"],
    ["h36m17", "mpii16"],
    ["body25", "coco18"],
  ]);
});

Deno.test("layouts have the similarity constants of their evaluators, and none where there are none", () => {
  const sigmas = (name: LayoutName): readonly number[] | null => layouts[name].sigmas;
  // mmpose posetrack18.py keeps COCO's place by place.
  assert.deepEqual(sigmas("posetrack18"), sigmas("coco17"));
  // xtcocotools cocoeval.py, sigmas of keypoints_crowd: .79 .79 .72 .72 .62 .62 1.07 1.07 .87 .87 .89 .89 .79 .79, / 10.
  assert.deepEqual(sigmas("crowdpose14")!.map((sigma) => Math.round(sigma * 1000)), [
    ...[79, 79, 72, 72, 62, 62, 107, 107, 87, 87, 89, 89, 79, 79],
  ]);
  // AI_Challenger_2017 keypoint_eval.py: the sum of the 14 numbers, added up apart.
  assert.equal(sigmas("aic14")!.reduce((sum, sigma) => sum + sigma, 0).toFixed(8), "0.30056174");
  for (const name of ["h36m17", "posetrack15", "mpii16", "body25", "coco18"] as const) {
    assert.equal(sigmas(name), null);
  }
});
