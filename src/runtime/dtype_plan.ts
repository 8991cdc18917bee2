/**
 * Which variant of the weights is loaded on which device, as a pure table.
 *
 * @module
 */

import type { Device, Dtype } from "./session.ts";

/** What decides about the variant. */
export interface DtypeFacts {
  /** Where the graph will run. */
  readonly device: Device;
  /** The variants that the pack holds of this graph. */
  readonly available: readonly Dtype[];
  /** Whether the adapter computes in half precision (`shader-f16`). */
  readonly shaderF16: boolean;
  /** The pack's own measured choice for this device, where it states one. */
  readonly preferred?: Dtype | undefined;
}

/** A variant and the reason; or a refusal. */
export type DtypePlan =
  | { readonly kind: "plan"; readonly dtype: Dtype; readonly why: string }
  | { readonly kind: "refused"; readonly why: string };

/**
 * Picks a variant.
 *
 * `auto` on WASM prefers q8 (int8 matrix products run about twice as fast there), then fp32, then fp16 (computed in
 * fp32 after casts). On WebGPU it prefers fp16 where the adapter has `shader-f16`, then fp32; q8 comes last as its
 * integer nodes leave the GPU. The pack may overrule this per device, since it was measured (int8 convolutions can be
 * slower than float ones). An explicit variant is that or nothing.
 *
 * @param asked What the caller wants.
 * @param facts The device and what the pack holds.
 */
export function planDtype(asked: "auto" | Dtype, facts: DtypeFacts): DtypePlan {
  const { available, device, preferred, shaderF16 } = facts;
  const has = (dtype: Dtype): boolean => available.includes(dtype);
  const held = `the pack has ${available.join(", ")}`;
  if (asked !== "auto") {
    if (!has(asked)) return { kind: "refused", why: held };
    if (asked === "fp16" && device === "webgpu" && !shaderF16) {
      return { kind: "refused", why: "fp16 needs an adapter with shader-f16, this one has none" };
    }
    return { kind: "plan", dtype: asked, why: "asked for" };
  }
  const usable = (dtype: Dtype): boolean => has(dtype) && !(dtype === "fp16" && device === "webgpu" && !shaderF16);
  if (preferred !== undefined && usable(preferred)) {
    return { kind: "plan", dtype: preferred, why: `the pack prefers it on ${device}` };
  }
  for (const [dtype, why] of ORDER[device]) {
    if (usable(dtype)) return { kind: "plan", dtype, why };
  }
  return { kind: "refused", why: `${held}, and fp16 needs an adapter with shader-f16` };
}

const ORDER: Readonly<Record<Device, readonly (readonly [Dtype, string])[]>> = {
  wasm: [
    ["q8", "int8 is smallest and fastest on wasm"],
    ["fp32", "the pack has no q8"],
    ["fp16", "the pack has only fp16, computed in fp32"],
  ],
  native: [
    ["q8", "int8 is smallest"],
    ["fp32", "the pack has no q8"],
    ["fp16", "the pack has only fp16"],
  ],
  webgpu: [
    ["fp16", "the adapter has shader-f16"],
    ["fp32", "no usable fp16"],
    ["q8", "the pack has only q8, part of which leaves the GPU"],
  ],
};
