/** Small pictures with people for the tests of the keypoint metrics. */
import fc from "fast-check";
import type { ScoredPerson, TruthPerson } from "../../src/metrics/mod.ts";

/** Similarity constants of a layout with three joints. */
export const SIGMAS: readonly number[] = [0.05, 0.08, 0.1];

/** A person with three labelled joints around a point; everything else can be replaced. */
export function truthAt(x: number, y: number, over: Partial<TruthPerson> = {}): TruthPerson {
  return {
    image: 1,
    category: 1,
    keypoints: [x, y, 2, x + 20, y, 2, x, y + 40, 1],
    box: [x, y, 20, 40],
    area: 2000,
    crowd: false,
    ignored: false,
    ...over,
  };
}

/** A prediction of {@link truthAt} that is `shift` px too far to the right. */
export function foundAt(x: number, y: number, score: number, over: Partial<ScoredPerson> = {}): ScoredPerson {
  return { image: 1, category: 1, keypoints: [x, y, 1, x + 20, y, 1, x, y + 40, 1], score, area: 800, ...over };
}

const place = fc.integer({ min: 0, max: 600 });

/** Annotated people in a few pictures: crowds, people to ignore, sizes of all ranges. */
export const arbitraryTruth: fc.Arbitrary<TruthPerson[]> = fc.array(
  fc.record({
    x: place,
    y: place,
    image: fc.integer({ min: 1, max: 4 }),
    area: fc.integer({ min: 100, max: 40000 }),
    kind: fc.constantFrom("person", "person", "person", "crowd", "ignored"),
  }).map(({ x, y, image, area, kind }) =>
    truthAt(x, y, { image, area, crowd: kind === "crowd", ignored: kind !== "person" })
  ),
  { maxLength: 12 },
);

/** Predictions in the same pictures, with few different scores so that many are equal. */
export const arbitraryFound: fc.Arbitrary<ScoredPerson[]> = fc.array(
  fc.record({ x: place, y: place, image: fc.integer({ min: 1, max: 4 }), score: fc.integer({ min: 0, max: 5 }) })
    .map(({ x, y, image, score }) => foundAt(x, y, score / 5, { image, area: 500 + 20 * x })),
  { maxLength: 16 },
);
