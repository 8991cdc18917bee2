/**
 * Looks once, asynchronously and cheaply, at what this machine offers. Works in Deno, in a worker, in a browser and in
 * edge runtimes: whatever is missing is reported as missing.
 *
 * @module
 */

import { type DevicesFound, isSoftwareAdapter, type WebgpuFound } from "./device_plan.ts";
import { hostOrt } from "./ort_host.ts";

/** The part of a `GPUAdapter` that the probe reads. */
export interface AdapterLike {
  /** Vendor, architecture, device, description. */
  readonly info?: { readonly [field: string]: unknown };
  /** Feature names. */
  readonly features?: Iterable<string>;
  /** Limits by name. */
  readonly limits?: { readonly [limit: string]: unknown };
  /** Set by some implementations on software adapters. */
  readonly isFallbackAdapter?: boolean;
}

/** The part of `navigator` that the probe reads. */
export interface NavigatorLike {
  /** WebGPU, where it exists. */
  readonly gpu?: {
    requestAdapter(options?: { powerPreference?: "high-performance" }): Promise<AdapterLike | null>;
  };
  /** Logical cores. */
  readonly hardwareConcurrency?: number;
}

/**
 * Asks for a WebGPU adapter and counts the cores. Never rejects.
 *
 * @param where `navigator`, or a stand-in for it in tests.
 */
export async function probeDevices(
  where: NavigatorLike | undefined = (globalThis as { navigator?: NavigatorLike }).navigator,
): Promise<DevicesFound> {
  const cores = Math.max(1, Math.floor(where?.hardwareConcurrency ?? 1));
  // Nothing is better than the host's own runtime, so no GPU driver is woken beside it.
  if (hostOrt() !== null) return { webgpu: null, webgpuNote: "not probed", cores, native: true };
  if (where?.gpu === undefined) return { webgpu: null, webgpuNote: "navigator.gpu is absent", cores };
  try {
    const adapter = await where.gpu.requestAdapter({ powerPreference: "high-performance" });
    if (!adapter) return { webgpu: null, webgpuNote: "navigator.gpu gave no adapter", cores };
    const webgpu = describeAdapter(adapter);
    return { webgpu, webgpuNote: `${webgpu.software ? "software adapter" : "adapter"} ${webgpu.name}`, cores };
  } catch (error) {
    return { webgpu: null, webgpuNote: `the request for an adapter failed: ${errorText(error)}`, cores };
  }
}

/** What there is without WebGPU: used when only WASM is asked for, so that no GPU driver is woken. */
export function coresOnly(
  where: NavigatorLike | undefined = (globalThis as { navigator?: NavigatorLike }).navigator,
): DevicesFound {
  const cores = Math.max(1, Math.floor(where?.hardwareConcurrency ?? 1));
  return { webgpu: null, webgpuNote: "not probed", cores };
}

function describeAdapter(adapter: AdapterLike): WebgpuFound {
  const info = adapter.info ?? {};
  const words = ["description", "vendor", "architecture", "device"].map((field) => String(info[field] ?? ""));
  // Deno gives PCI numbers as vendor and device: they say nothing beside a description.
  const name = words[0] !== ""
    ? words[0]!
    : words.slice(1).filter((word) => word !== "").join(" ") || "unnamed adapter";
  const fallback = adapter.isFallbackAdapter === true || info["isFallbackAdapter"] === true;
  return {
    name,
    software: fallback || isSoftwareAdapter(words.join(" ")),
    features: [...(adapter.features ?? [])].sort(),
    limits: {
      maxBufferSize: limitOf(adapter, "maxBufferSize"),
      maxStorageBufferBindingSize: limitOf(adapter, "maxStorageBufferBindingSize"),
    },
  };
}

function limitOf(adapter: AdapterLike, name: string): number {
  const value = adapter.limits?.[name];
  return typeof value === "number" ? value : 0;
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
