/**
 * The joints of MPII Human Pose.
 *
 * @module
 */

import { defineSkeleton, type Skeleton } from "../skeleton.ts";

/**
 * MPII, 16 joints. `pelvis` is the middle of the hips, `thorax` the top of the rib cage, `upper_neck` where neck and head
 * meet. Order: `mpii.py` of mmpose, which is that of the data set's point ids. MPII is scored by PCKh and has no similarity
 * constants of its own.
 */
export const mpii16: Skeleton = defineSkeleton({
  name: "mpii16",
  joints: [
    "right_ankle",
    "right_knee",
    "right_hip",
    "left_hip",
    "left_knee",
    "left_ankle",
    "pelvis",
    "thorax",
    "upper_neck",
    "head_top",
    "right_wrist",
    "right_elbow",
    "right_shoulder",
    "left_shoulder",
    "left_elbow",
    "left_wrist",
  ],
  parents: [1, 2, 6, 6, 3, 4, -1, 6, 7, 8, 11, 12, 7, 7, 13, 14],
  childrenFirst: "the data set counts limbs from their ends",
  pairs: [[5, 0], [4, 1], [3, 2], [15, 10], [14, 11], [13, 12]],
});
