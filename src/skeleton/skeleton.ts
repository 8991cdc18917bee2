/**
 * What a joint layout is: checked, frozen, parallel arrays.
 *
 * @module
 */

/** A joint layout. Index `j` means the same joint in every array. */
export interface Skeleton {
  /** Short name, as it stands in files ("coco17"). */
  readonly name: string;
  /** Joint names, snake case; left and right are the subject's own. */
  readonly joints: readonly string[];
  /** Parent of each joint, -1 for a root. */
  readonly parents: readonly number[];
  /** Pairs of joints to draw a line between. */
  readonly edges: readonly (readonly [number, number])[];
  /** Joint on the other side; a middle joint is its own mirror. */
  readonly mirror: readonly number[];
  /** Object keypoint similarity constants, one a joint, where the layout has agreed ones. */
  readonly sigmas: readonly number[] | null;
}

/** What {@link defineSkeleton} needs. */
export interface SkeletonDefinition {
  /** Short name, as it stands in files. */
  readonly name: string;
  /** Joint names, unique. */
  readonly joints: readonly string[];
  /** Parent of each joint, -1 for a root. */
  readonly parents: readonly number[];
  /**
   * Lines to draw.
   * @default one line from each joint to its parent
   */
  readonly edges?: readonly (readonly [number, number])[];
  /** Left joint, right joint. Joints in no pair lie in the middle. */
  readonly pairs: readonly (readonly [left: number, right: number])[];
  /** Object keypoint similarity constants, one a joint. */
  readonly sigmas?: readonly number[];
  /** Why some parents come after their children. Without a reason that order is refused. */
  readonly childrenFirst?: string;
}

function refuse(name: string, rule: string, value: unknown): never {
  throw new TypeError(`Cannot define skeleton "${name}" as ${rule}: current value is ${String(value)}`);
}

/** Joint at the other end of a left/right name, or the name itself. */
function mirroredName(name: string): string {
  if (name.startsWith("left_")) return `right_${name.slice(5)}`;
  return name.startsWith("right_") ? `left_${name.slice(6)}` : name;
}

function checkParents(definition: SkeletonDefinition): void {
  const { name, joints, parents, childrenFirst } = definition;
  if (parents.length !== joints.length) refuse(name, `parents must have ${joints.length} entries`, parents.length);
  parents.forEach((parent, joint) => {
    if (!Number.isInteger(parent) || parent < -1 || parent >= joints.length) {
      refuse(name, `the parent of ${joints[joint]} must be a joint or -1`, parent);
    }
    if (parent >= joint && childrenFirst === undefined) {
      refuse(name, `the parent of ${joints[joint]} must come before it`, joints[parent]);
    }
    let above = parent;
    for (let hops = 0; above !== -1; hops++) {
      if (hops > joints.length) refuse(name, "every joint must hang on a root", joints[joint]);
      above = parents[above]!;
    }
  });
}

function mirrorOf(definition: SkeletonDefinition): readonly number[] {
  const { name, joints, pairs } = definition;
  const mirror = joints.map((_, joint) => joint);
  for (const [left, right] of pairs) {
    if (mirror[left] !== left || mirror[right] !== right || left === right) {
      refuse(name, "a joint may be in one pair only", `${left}, ${right}`);
    }
    mirror[left] = right;
    mirror[right] = left;
  }
  joints.forEach((joint, j) => {
    const other = joints[mirror[j]!];
    if (other !== mirroredName(joint)) refuse(name, `${joint} must mirror to ${mirroredName(joint)}`, other);
    if (mirror[mirror[j]!] !== j) refuse(name, "mirroring twice must give the joint back", joint);
  });
  return mirror;
}

/**
 * Checks a layout and freezes it.
 *
 * @param definition Names, parents, pairs, and what is optional.
 * @returns The frozen layout.
 * @throws {TypeError} If a name repeats, lengths differ, a parent comes after its child without `childrenFirst`, joints
 * form a ring, left and right do not match, or an edge names no joint.
 *
 * @example
 * ```ts
 * import { defineSkeleton } from "./skeleton.ts";
 * import assert from "node:assert/strict";
 *
 * const arm = defineSkeleton({
 *   name: "arms",
 *   joints: ["neck", "left_wrist", "right_wrist"],
 *   parents: [-1, 0, 0],
 *   pairs: [[1, 2]],
 * });
 * assert.deepEqual(arm.mirror, [0, 2, 1]);
 * ```
 */
export function defineSkeleton(definition: SkeletonDefinition): Skeleton {
  const { name, joints, parents, sigmas } = definition;
  if (new Set(joints).size !== joints.length) refuse(name, "joint names must differ", joints.join(", "));
  checkParents(definition);
  const mirror = mirrorOf(definition);
  const bones = parents.flatMap((parent, joint): (readonly [number, number])[] => parent < 0 ? [] : [[parent, joint]]);
  const edges = definition.edges ?? bones;
  for (const [from, to] of edges) {
    if (joints[from] === undefined || joints[to] === undefined || from === to) {
      refuse(name, "an edge must join two joints", `${from}, ${to}`);
    }
  }
  if (sigmas !== undefined && (sigmas.length !== joints.length || sigmas.some((sigma) => !(sigma > 0)))) {
    refuse(name, `sigmas must be ${joints.length} positive numbers`, sigmas.join(", "));
  }
  return Object.freeze({
    name,
    joints: Object.freeze([...joints]),
    parents: Object.freeze([...parents]),
    edges: Object.freeze(edges.map(([from, to]) => Object.freeze([from, to] as const))),
    mirror: Object.freeze([...mirror]),
    sigmas: sigmas === undefined ? null : Object.freeze([...sigmas]),
  });
}

/**
 * Index of a joint by its name.
 *
 * @param skeleton The layout.
 * @param joint A name of `skeleton.joints`.
 * @returns The index.
 * @throws {RangeError} If the layout has no such joint.
 */
export function jointIndex(skeleton: Skeleton, joint: string): number {
  const index = skeleton.joints.indexOf(joint);
  if (index < 0) {
    throw new RangeError(`Cannot find joint in ${skeleton.name} as it must be one of ${skeleton.joints}: ${joint}`);
  }
  return index;
}
