/**
 * PCKh of predicted people against annotated people with head boxes.
 *
 * @module
 */

import type { CocoTruth, TruthAnnotation } from "../formats/truth/coco_truth.ts";
import { at, type Place, placeText, refuse } from "../formats/fields.ts";
import type { KeypointResult } from "../formats/truth/keypoint_results.ts";
import type { TruthBox } from "../formats/truth/truth_fields.ts";
import { InputError } from "../core/errors.ts";
import { type Pckh, pckh, PCKH_GROUPS, type PckhGroup, type PckhPeople } from "../metrics/pckh.ts";
import { pairByJoints, type PairingJoints, type PairingPerson } from "../metrics/pckh_pairs.ts";
import { HEAD_SIZE_FACTOR, headSize } from "../metrics/posetrack_frames.ts";
import type { Skeleton } from "../skeleton/mod.ts";
import type { Evaluation } from "./evaluation.ts";

/** How predictions are given to annotated people of one picture. */
export type PckhPairing = "best" | "order";

/** What is evaluated. */
export interface PckhInput {
  /** Annotated people. */
  readonly truth: CocoTruth;
  /** Their head boxes, one an annotation. */
  readonly heads: readonly (TruthBox | null)[];
  /** The file of ground truth. */
  readonly place: Place;
  /** Predicted people. */
  readonly results: readonly KeypointResult[];
  /** Layout of both. */
  readonly skeleton: Skeleton;
}

/** Options of {@link evaluatePckh}. */
export interface EvaluatePckhOptions {
  /** Largest distance that is right, in head sizes. @default 0.5 */
  readonly threshold?: number;
  /**
   * `"best"`: one prediction a person, so that as many joints as can be are right. `"order"`: the first prediction of a
   * picture is that of its first person, and so on. @default "best"
   */
  readonly pairing?: PckhPairing;
}

/** Annotated people that can be measured: no crowds, at least one joint, and then a head box. */
function measurable({ truth, heads, place }: PckhInput): (TruthAnnotation & PairingPerson)[] {
  return truth.annotations.flatMap((annotation, i) => {
    const { keypoints, crowd } = annotation;
    const present = Uint8Array.from({ length: keypoints.length / 3 }, (_, j) => keypoints[3 * j + 2]! > 0 ? 1 : 0);
    if (crowd || !present.includes(1)) return [];
    const head = heads[i]!;
    if (head === null) {
      const here = at(at(at(place, "annotations"), i), "head_bbox");
      refuse(here, "must be given: distances are measured by the head box", "nothing");
    }
    return [{ ...annotation, present, points: points(keypoints), headSize: headSize(head[2], head[3]) }];
  });
}

function points(keypoints: readonly number[]): Float64Array {
  return Float64Array.from({ length: keypoints.length / 3 * 2 }, (_, i) => keypoints[Math.floor(i / 2) * 3 + i % 2]!);
}

/** A joint at 0, 0 with score 0 is one that was not predicted. */
function predictedJoints(keypoints: readonly number[]): Uint8Array {
  return Uint8Array.from(
    { length: keypoints.length / 3 },
    (_, j) => keypoints.slice(3 * j, 3 * j + 3).some((value) => value !== 0) ? 1 : 0,
  );
}

function byImage<T extends { readonly image: number }>(people: readonly T[]): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const person of people) groups.set(person.image, [...groups.get(person.image) ?? [], person]);
  return groups;
}

/** The people of a picture with what was predicted for each; undefined for nothing. */
function pairPicture(
  image: number,
  people: readonly PairingPerson[],
  candidates: readonly PairingJoints[],
  { threshold, pairing }: Required<EvaluatePckhOptions>,
  place: Place,
): (PairingJoints | undefined)[] {
  if (pairing === "best") return [...pairByJoints(people, candidates, threshold)].map((index) => candidates[index]);
  if (candidates.length !== people.length) {
    const rule = `must have as many people as predictions in picture ${image}, as they are paired by order`;
    throw new InputError(placeText(place), rule, `${people.length} people, ${candidates.length} predictions`);
  }
  return [...candidates];
}

/** Arrays of all pairs. */
function stack(
  pairs: readonly (readonly [person: PairingPerson, joints: PairingJoints | undefined])[],
  joints: readonly string[],
): PckhPeople {
  const count = joints.length;
  const all: PckhPeople = {
    joints,
    truth: new Float64Array(pairs.length * count * 2),
    annotated: new Uint8Array(pairs.length * count),
    headSizes: Float64Array.from(pairs, ([{ headSize }]) => headSize),
    predicted: new Float64Array(pairs.length * count * 2),
    found: new Uint8Array(pairs.length * count),
  };
  pairs.forEach(([person, predicted], row) => {
    all.truth.set(person.points, row * count * 2);
    all.annotated.set(person.present, row * count);
    if (predicted === undefined) return;
    all.predicted.set(predicted.points, row * count * 2);
    all.found.set(predicted.present, row * count);
  });
  return all;
}

/**
 * Pairs people picture by picture and takes PCKh.
 *
 * @throws {InputError} If a measurable person has no head box, or pairing is by order and the numbers of people differ.
 */
export function evaluatePckh(input: PckhInput, options: EvaluatePckhOptions = {}): Evaluation {
  const { threshold = 0.5, pairing = "best" } = options;
  const { skeleton, place } = input;
  const people = measurable(input);
  if (people.length === 0) throw new InputError(placeText(place), "must have a person with a joint", "none");
  const results = byImage(input.results);
  const pairs = [...byImage(people)].flatMap(([image, annotated]) => {
    const candidates = (results.get(image) ?? []).map(({ keypoints }) => ({
      points: points(keypoints),
      present: predictedJoints(keypoints),
    }));
    const chosen = pairPicture(image, annotated, candidates, { threshold, pairing }, place);
    return annotated.map((person, i) => [person, chosen[i]] as const);
  });
  const unpaired = pairs.filter(([, predicted]) => predicted === undefined).length;
  const result = pckh(stack(pairs, skeleton.joints), { threshold });
  return report(result, { skeleton, threshold, pairing, people: people.length, unpaired });
}

interface Facts {
  readonly skeleton: Skeleton;
  readonly threshold: number;
  readonly pairing: PckhPairing;
  readonly people: number;
  readonly unpaired: number;
}

function report(result: Pckh, { skeleton, threshold, pairing, people, unpaired }: Facts): Evaluation {
  const groups = Object.keys(PCKH_GROUPS) as PckhGroup[];
  const notes: string[] = [];
  if (unpaired > 0) notes.push(`${unpaired} of ${people} people have no prediction: all their joints count as wrong`);
  const absent = groups.filter((group) => result.groups[group] === null);
  if (absent.length > 0) notes.push(`no joint of ${absent.join(", ")} is annotated: the mean is that of the others`);
  return {
    metric: "pckh",
    evaluator: "MPII (evaluatePCKh.m)",
    settings: {
      skeleton: skeleton.name,
      threshold,
      pairing,
      head_size: `${HEAD_SIZE_FACTOR} of the diagonal of the head box`,
    },
    figures: {
      people,
      unpaired,
      groups: { ...result.groups },
      mean: result.mean,
      auc: result.auc,
      joints: Object.fromEntries(skeleton.joints.map((name, j) => [name, result.joints[j]!])),
      annotated: Object.fromEntries(skeleton.joints.map((name, j) => [name, result.counts[j]!])),
    },
    tables: [{
      title: `PCKh@${threshold}, %`,
      columns: ["", ...groups, "Mean", "AUC"],
      rows: [["PCKh", ...groups.map((group) => result.groups[group]), result.mean, result.auc]],
      digits: 1,
    }],
    notes,
  };
}
