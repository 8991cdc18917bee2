/**
 * MoveNet: people in pixels. `findPeople` looks at the whole picture, `estimatePose` at one person's crop.
 *
 * The way from the published graph models to packs is in `convert/`, which only `setup` needs.
 *
 * @module
 */
export { decodeMultiple, type DecodeMultipleOptions, type FoundPerson } from "./decode_multiple.ts";
export { decodeSingle, type DecodeSingleOptions, type SinglePose } from "./decode_single.ts";
export { estimatePose, type EstimatePoseOptions, type PoseEstimate } from "./estimate_pose.ts";
export { findPeople, type FindPeopleOptions } from "./find_people.ts";
export { type Heads, readHeads } from "./heads.ts";
export { type Movenet, openMovenet } from "./open.ts";
export { boxAround, jointsMiddle, nextBox, type NextBoxOptions } from "./next_box.ts";
