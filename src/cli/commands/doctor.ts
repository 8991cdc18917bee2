/**
 * `diffpose doctor`: what this machine has, what would be chosen for every graph and why, and what is missing.
 *
 * @module
 */

import { InputError } from "../../core/errors.ts";
import { type DecoderInfo, describeDecoders } from "../../media/mod.ts";
import {
  type Device,
  type DevicesFound,
  type Dtype,
  ortVersion,
  planDevices,
  planSession,
  probeDevices,
  type SessionPlan,
  verifyPack,
} from "../../runtime/mod.ts";
import { listPacks, loadPackAt, type PackPlace, packRoots } from "../../runtime/pack_fs.ts";
import { VERSION } from "../../version.ts";
import { booleanFlag, type CommandSpec, type Host, numberFlag, type ParsedArgs, stringFlag } from "../command.ts";
import { type EmbeddedFile, embeddedFiles } from "../embedded.ts";
import { DEVICE_FLAGS } from "../model_flags.ts";

/** What is known of one pack. */
export interface PackReport extends PackPlace {
  /** Its version; empty when the manifest cannot be read. */
  readonly version: string;
  /** What is wrong with it; empty when it is whole. */
  readonly problems: readonly string[];
  /** For each graph the first choice, or why there is none. */
  readonly graphs: readonly {
    readonly graph: string;
    readonly plan: SessionPlan | null;
    readonly refusal: string | null;
  }[];
}

/** Everything that `doctor --json` prints. */
export interface DoctorReport {
  /** Version of diffpose. */
  readonly tool: string;
  /** The runtime that executes this. */
  readonly runtime: { readonly deno: string; readonly v8: string; readonly os: string; readonly arch: string };
  /** Version of onnxruntime-web. */
  readonly onnxruntime: string;
  /** Bytes of memory; null when the system does not tell. */
  readonly memory: { readonly total: number; readonly available: number } | null;
  /** Cores and the WebGPU adapter. */
  readonly devices: DevicesFound;
  /** Decoders of pictures and videos. */
  readonly decoders: readonly DecoderInfo[];
  /** What a compiled binary carries inside; null when this is none. */
  readonly embedded: readonly EmbeddedFile[] | null;
  /** Folders in which packs are looked up. */
  readonly roots: readonly string[];
  /** The packs in them. */
  readonly packs: readonly PackReport[];
  /** What keeps something from working, one sentence each. */
  readonly problems: readonly string[];
  /** True when at least one pack can be used as asked. */
  readonly usable: boolean;
}

/** What the command looks at; tests put their own in. */
export interface DoctorParts {
  /** Finds devices. @default {probeDevices} */
  readonly probe?: () => Promise<DevicesFound>;
  /** Where packs are looked up. @default {packRoots()} */
  readonly roots?: readonly string[];
  /** Tells what a compiled binary carries. @default {embeddedFiles} */
  readonly embedded?: () => Promise<readonly EmbeddedFile[] | null>;
}

/**
 * Looks at everything and prints it.
 *
 * @returns 0, also when there are problems; 1 when no pack can be used as asked.
 */
export async function runDoctor(args: ParsedArgs, host: Host, parts: DoctorParts = {}): Promise<number> {
  const report = await examine(args, host, parts);
  if (booleanFlag(args, "json")) host.out(JSON.stringify(report, null, 2));
  else for (const line of reportLines(report)) host.out(line);
  return report.usable ? 0 : 1;
}

async function examine(args: ParsedArgs, host: Host, parts: DoctorParts): Promise<DoctorReport> {
  const { probe = probeDevices, roots = packRoots(), embedded = embeddedFiles } = parts;
  const asked = {
    device: (stringFlag(args, "device") ?? "auto") as "auto" | Device,
    dtype: (stringFlag(args, "dtype") ?? "auto") as "auto" | Dtype,
    threads: numberFlag(args, "threads", { min: 1, max: 64, integer: true }),
  };
  const devices = await probe();
  const decoders = await describeDecoders();
  const packs: PackReport[] = [];
  for (const place of await listPacks(roots)) packs.push(await examinePack(place, devices, asked, host.signal));
  const problems: string[] = [];
  const plan = planDevices(asked.device, devices);
  if (plan.kind === "refused") problems.push(`device ${asked.device} cannot be had: ${plan.why}`);
  if (packs.length === 0) problems.push(`no model pack in ${roots.join(" or ")}; \`setup\` builds the person models`);
  for (const pack of packs) problems.push(...pack.problems.map((problem) => `pack ${pack.name}: ${problem}`));
  if (!decoders.some((decoder) => decoder.serves === "video" && decoder.present)) {
    problems.push("no video decoder: put ffmpeg on PATH, or fetch the WebAssembly one with `setup --video`");
  }
  for (const decoder of decoders) {
    if (decoder.serves !== "video" && !decoder.present) {
      problems.push(`${decoder.name} cannot be loaded: no ${decoder.serves}`);
    }
  }
  return {
    tool: VERSION,
    runtime: { deno: Deno.version.deno, v8: Deno.version.v8, os: Deno.build.os, arch: Deno.build.arch },
    onnxruntime: await ortVersion(),
    memory: memory(),
    devices,
    decoders,
    embedded: await embedded(),
    roots,
    packs,
    problems,
    usable: packs.some((pack) => pack.problems.length === 0),
  };
}

async function examinePack(
  place: PackPlace,
  devices: DevicesFound,
  asked: Parameters<typeof planSession>[2],
  signal: AbortSignal,
): Promise<PackReport> {
  try {
    const pack = await loadPackAt(place.path);
    const files = await verifyPack(pack, { signal });
    const problems = files.flatMap((file) => (file.problem === null ? [] : [file.problem]));
    const graphs = Object.values(pack.manifest.graphs).map((spec) => {
      try {
        return { graph: spec.name, plan: planSession(spec, devices, asked)[0]!, refusal: null };
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        problems.push(error.message);
        return { graph: spec.name, plan: null, refusal: error.message };
      }
    });
    return { ...place, version: pack.manifest.version, problems: [...new Set(problems)], graphs };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ...place, version: "", problems: [error.message], graphs: [] };
  }
}

function memory(): DoctorReport["memory"] {
  try {
    const { total, available } = Deno.systemMemoryInfo();
    return { total, available };
  } catch {
    return null; // no permission: the rest is worth printing
  }
}

function reportLines(report: DoctorReport): string[] {
  const { runtime, devices, decoders, packs, problems } = report;
  const lines = [
    `diffpose ${report.tool}, onnxruntime-web ${report.onnxruntime}, Deno ${runtime.deno} (V8 ${runtime.v8}) on ${runtime.os} ${runtime.arch}`,
    `cores     ${devices.cores}`,
    `memory    ${
      report.memory === null
        ? "not told"
        : `${gib(report.memory.available)} of ${gib(report.memory.total)} GiB available`
    }`,
    `webgpu    ${describeWebgpu(devices)}`,
    ...decoders.map((decoder) =>
      `decoder   ${decoder.serves}: ${decoder.name} ${
        decoder.present
          ? `${decoder.version ?? ""}, ${decoder.path}, ${decoder.licence ?? "licence not told"}`
          : "is not there"
      }`
    ),
  ];
  for (const pack of packs) {
    lines.push(
      `pack      ${pack.name} ${pack.version}, ${pack.path}: ${pack.problems.length === 0 ? "whole" : "NOT USABLE"}`,
    );
    for (const { graph, plan, refusal } of pack.graphs) {
      lines.push(plan === null ? `  ${graph}: ${refusal}` : `  ${graph}: ${describePlan(plan)}`);
    }
  }
  for (const { kind, name, bytes, stored } of report.embedded ?? []) {
    lines.push(`embedded  ${kind} ${name}: ${mebibytes(bytes)} MiB, ${mebibytes(stored)} MiB in this binary`);
  }
  return [...lines, problems.length === 0 ? "no problems" : "problems:", ...problems.map((problem) => `  ${problem}`)];
}

function describePlan(plan: SessionPlan): string {
  const { device, dtype, threads, why } = plan;
  const count = device === "wasm" ? `, ${threads} thread${threads === 1 ? "" : "s"} (${why.threads})` : "";
  return `${device} (${why.device}), ${dtype} (${why.dtype})${count}`;
}

function describeWebgpu(devices: DevicesFound): string {
  const { webgpu, webgpuNote } = devices;
  if (webgpu === null) return webgpuNote;
  const kind = webgpu.software ? "software, never taken by auto" : "a GPU";
  const half = webgpu.features.includes("shader-f16") ? "with shader-f16" : "without shader-f16";
  const binding = Math.round(webgpu.limits.maxStorageBufferBindingSize / 2 ** 20);
  return `${webgpu.name}: ${kind}, ${half}, ${webgpu.features.length} features, ${binding} MiB a tensor`;
}

function gib(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1);
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

/** `diffpose doctor`. */
export const COMMAND: CommandSpec = {
  name: "doctor",
  summary: "show what this machine has, what would be chosen for every model and why, and what is missing",
  positionals: { name: "", min: 0, max: 0, describe: "" },
  flags: {
    ...DEVICE_FLAGS,
    json: { type: "boolean", describe: "Print one JSON value" },
  },
  examples: ["diffpose doctor", "diffpose doctor --device webgpu --json"],
  run: (args: ParsedArgs, host: Host): Promise<number> => runDoctor(args, host),
};
