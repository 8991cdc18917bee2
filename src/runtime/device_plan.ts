/**
 * Which device is tried first, as a pure table: what was asked and what was found go in, an ordered plan comes out.
 *
 * @module
 */

import type { Device } from "./session.ts";

/** What the WebGPU probe saw. */
export interface WebgpuFound {
  /** The adapter as it names itself. */
  readonly name: string;
  /** Whether it only pretends to be a GPU (llvmpipe, SwiftShader, WARP, …). */
  readonly software: boolean;
  /** Its WebGPU features, for example `"shader-f16"`. */
  readonly features: readonly string[];
  /** Its limits, in bytes, as far as they matter for weights. */
  readonly limits: { readonly maxBufferSize: number; readonly maxStorageBufferBindingSize: number };
}

/** What this machine offers, see `probeDevices()`. */
export interface DevicesFound {
  /** The WebGPU adapter, or null where there is none. */
  readonly webgpu: WebgpuFound | null;
  /** The state of WebGPU in words, for messages ("navigator.gpu is absent"). */
  readonly webgpuNote: string;
  /** Logical processor cores, at least 1. */
  readonly cores: number;
  /** Whether the host offers an onnxruntime of its own, see `hostOrt()`. @default {false} */
  readonly native?: boolean;
}

/** A device and the reason why it stands at its place. */
export interface DeviceChoice {
  /** The device. */
  readonly device: Device;
  /** The reason, as half a sentence. */
  readonly why: string;
}

/** Devices to try, best first; or a refusal. */
export type DevicePlan =
  | { readonly kind: "plan"; readonly devices: readonly DeviceChoice[] }
  | { readonly kind: "refused"; readonly why: string };

/** Names by which software rasterisers give themselves away; `isFallbackAdapter` is not reliable. */
const SOFTWARE_NAMES = /llvmpipe|lavapipe|softpipe|swiftshader|\bwarp\b|basic render|software/i;

/**
 * Whether an adapter of this name computes on the processor. Such an adapter works, many times slower than WASM.
 *
 * @param name Vendor, device and description of the adapter, in one text.
 */
export function isSoftwareAdapter(name: string): boolean {
  return SOFTWARE_NAMES.test(name);
}

/**
 * Orders the devices.
 *
 * `auto` takes a real GPU first and WASM after it, and never a software adapter. An explicit `webgpu` is that or
 * nothing: it is refused where there is no adapter, and it may be a software adapter. WASM is always there. A host's
 * own runtime goes before all others: it is native code, and its memory is the host's.
 *
 * @param asked What the caller wants.
 * @param found What the machine has.
 */
export function planDevices(asked: "auto" | Device, found: DevicesFound): DevicePlan {
  const { webgpu, native = false } = found;
  if (asked === "native") {
    if (!native) return { kind: "refused", why: "the host offers no onnxruntime" };
    return { kind: "plan", devices: [{ device: "native", why: "asked for" }] };
  }
  if (asked === "wasm") return { kind: "plan", devices: [{ device: "wasm", why: "asked for" }] };
  if (asked === "webgpu") {
    if (webgpu === null) return { kind: "refused", why: found.webgpuNote };
    const why = webgpu.software
      ? `asked for, though ${webgpu.name} is a software adapter and slower than wasm`
      : `asked for, on ${webgpu.name}`;
    return { kind: "plan", devices: [{ device: "webgpu", why }] };
  }
  if (native) {
    return {
      kind: "plan",
      devices: [{ device: "native", why: "the host offers its own onnxruntime" }, {
        device: "wasm",
        why: "should the host's runtime refuse the graph",
      }],
    };
  }
  if (webgpu === null) return { kind: "plan", devices: [{ device: "wasm", why: `no GPU: ${found.webgpuNote}` }] };
  if (webgpu.software) {
    return { kind: "plan", devices: [{ device: "wasm", why: `the only adapter is software: ${webgpu.name}` }] };
  }
  return {
    kind: "plan",
    devices: [{ device: "webgpu", why: `GPU found: ${webgpu.name}` }, {
      device: "wasm",
      why: "should the GPU refuse the graph",
    }],
  };
}
