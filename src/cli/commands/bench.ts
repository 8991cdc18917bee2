/**
 * `diffpose bench`: how fast each pack runs on this machine, on every device and with every variant of its weights.
 *
 * @module
 */
import { InputError } from "../../core/errors.ts";
import { type BenchPlan, planBench } from "../../pipelines/bench_plan.ts";
import { type CallTimes, timeGraph } from "../../pipelines/time_graph.ts";
import {
  type Device,
  type DevicesFound,
  type Dtype,
  DTYPES,
  openSession,
  ortVersion,
  type Pack,
  planSession,
  probeDevices,
} from "../../runtime/mod.ts";
import { listPacks, loadPackAt, loadPackFrom, packRoots } from "../../runtime/pack_fs.ts";
import { VERSION } from "../../version.ts";
import { booleanFlag, type CommandSpec, type Host, numberFlag, type ParsedArgs, stringFlag } from "../command.ts";
import { figureTableLines } from "../figure_table.ts";
import { DEVICE_FLAGS } from "../model_flags.ts";

/** What one graph took. */
export interface GraphFigures extends CallTimes {
  /** Its name. */
  readonly graph: string;
  /** Sizes of its inputs. */
  readonly dims: Readonly<Record<string, readonly number[]>>;
  /** Calls for what is counted in the unit of the pack. */
  readonly times: number;
  /** WASM threads; 1 elsewhere. */
  readonly threads: number;
  /** Reading, checking and opening it, ms. */
  readonly open: number;
}

/** A pack on one device with one variant of its weights. */
export interface BenchRow {
  /** Where. */
  readonly device: Device;
  /** Which weights. */
  readonly dtype: Dtype;
  /** Its graphs. */
  readonly graphs: readonly GraphFigures[];
  /** How many of the pack's unit a second, by the medians; null for systems that are not known. */
  readonly perSecond: number | null;
  /** Why it does not run; null when it does. */
  readonly problem: string | null;
}

/** A pack in all ways. */
export interface BenchedPack extends Pick<BenchPlan, "unit" | "means"> {
  /** Its name. */
  readonly pack: string;
  /** Its version. */
  readonly version: string;
  /** All ways. */
  readonly rows: readonly BenchRow[];
}

/** What the command looks at; tests put their own in. */
export interface BenchParts {
  /** Finds devices. @default {probeDevices} */
  readonly probe?: () => Promise<DevicesFound>;
  /** Where packs are looked up when none is named. @default {packRoots()} */
  readonly roots?: readonly string[];
}

interface Asked {
  readonly device: "auto" | Device;
  readonly dtype: "auto" | Dtype;
  readonly threads: number | undefined;
  readonly seconds: number;
}

/** `auto` times what there is, but no adapter that only pretends to be a GPU; an explicit device is that alone. */
function devicesOf(asked: Asked["device"], { webgpu }: DevicesFound): readonly Device[] {
  if (asked !== "auto") return [asked];
  return webgpu === null || webgpu.software ? ["wasm"] : ["wasm", "webgpu"];
}

/** The variants that every graph of a pack has. */
function dtypesOf(asked: Asked["dtype"], { manifest }: Pack): readonly Dtype[] {
  const graphs = Object.values(manifest.graphs);
  const held = DTYPES.filter((dtype) => graphs.every(({ variants }) => variants[dtype] !== undefined));
  return asked === "auto" ? held : held.filter((dtype) => dtype === asked);
}

/** Progress: a line that is rewritten, or one for each graph where stderr is no terminal. */
function tell(text: string, host: Host): void {
  if (host.isErrTerminal) host.status(text);
  else host.err(text);
}

async function timeRow(
  pack: Pack,
  plan: BenchPlan,
  way: { readonly device: Device; readonly dtype: Dtype },
  asked: Asked,
  found: DevicesFound,
  host: Host,
): Promise<BenchRow> {
  const options = { ...way, threads: asked.threads };
  const graphs: GraphFigures[] = [];
  try {
    // What cannot be is refused before anything is opened.
    for (const { graph } of plan.calls) planSession(pack.manifest.graphs[graph]!, found, options);
    for (const { graph, dims, times } of plan.calls) {
      host.signal.throwIfAborted();
      tell(`${pack.manifest.name}: ${graph} on ${way.device}, ${way.dtype}`, host);
      const started = performance.now();
      await using session = await openSession(pack, graph, {
        ...options,
        onWarning: (text) => host.err(`diffpose: ${text}`),
      });
      const open = performance.now() - started;
      const taken = await timeGraph(session, dims, { seconds: asked.seconds, signal: host.signal });
      graphs.push({ graph, dims, times, threads: session.threads, open, ...taken });
    }
  } catch (error) {
    host.signal.throwIfAborted();
    if (!(error instanceof InputError)) throw error;
    return { ...way, graphs, perSecond: null, problem: error.message };
  } finally {
    host.status("");
  }
  const ms = graphs.reduce((sum, { times, median }) => sum + times * median, 0);
  return { ...way, graphs, perSecond: plan.unit === null ? null : (1000 * plan.amount) / ms, problem: null };
}

function tableOf({ pack, version, unit, means, rows }: BenchedPack): string[] {
  const columns = ["device", "dtype", "graph", "threads", "open ms", "calls", "median ms", "quartiles, ms"];
  const cells = rows.flatMap(({ device, dtype, graphs, perSecond, problem }) => [
    ...graphs.map(({ graph, threads, open, calls, median, lower, upper }, i) => [
      i === 0 ? device : "",
      i === 0 ? dtype : "",
      graph,
      String(threads),
      open.toFixed(0),
      String(calls),
      median,
      `${lower.toFixed(1)} - ${upper.toFixed(1)}`,
      i === graphs.length - 1 && problem === null ? perSecond : "",
    ]),
    ...(problem === null ? [] : [[device, dtype, problem]]),
  ]);
  const heads = [...columns, unit === null ? "" : `${unit}/s`];
  const padded = cells.map((row) => heads.map((_, column) => row[column] ?? ""));
  const lines = figureTableLines({ title: `${pack} ${version}: ${means}`, columns: heads, rows: padded, digits: 1 });
  return [...lines, ""];
}

/** Every installed pack; what is wrong with the others is said. */
async function wholePacks(roots: readonly string[], host: Host): Promise<Pack[]> {
  const packs: Pack[] = [];
  for (const { path } of await listPacks(roots)) {
    try {
      packs.push(await loadPackAt(path));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      host.err(`diffpose: ${error.message}`);
    }
  }
  return packs;
}

/**
 * Times and prints.
 *
 * @returns 0; 1 when nothing could be timed.
 */
export async function runBench(args: ParsedArgs, host: Host, parts: BenchParts = {}): Promise<number> {
  const asked: Asked = {
    device: stringFlag(args, "device") as Asked["device"] ?? "auto",
    dtype: stringFlag(args, "dtype") as Asked["dtype"] ?? "auto",
    threads: numberFlag(args, "threads", { min: 1, max: 64, integer: true }),
    seconds: numberFlag(args, "seconds", { min: 0.01, max: 3600 }) ?? SECONDS,
  };
  const { probe = probeDevices, roots = packRoots() } = parts;
  const named = args.positionals.length > 0;
  const packs = named ? await Promise.all(args.positionals.map(loadPackFrom)) : await wholePacks(roots, host);
  if (packs.length === 0) {
    throw new InputError("bench", "there must be a pack to time", `none in ${roots.join(" or ")}`);
  }
  const found = await probe();
  const json = booleanFlag(args, "json");
  const benched: BenchedPack[] = [];
  for (const pack of packs) {
    const { name, version } = pack.manifest;
    const plan = planBench(pack.manifest);
    const dtypes = dtypesOf(asked.dtype, pack);
    if (dtypes.length === 0) host.err(`diffpose: ${name} has no ${asked.dtype} of every graph`);
    const rows: BenchRow[] = [];
    for (const device of devicesOf(asked.device, found)) {
      for (const dtype of dtypes) rows.push(await timeRow(pack, plan, { device, dtype }, asked, found, host));
    }
    const entry = { pack: name, version, unit: plan.unit, means: plan.means, rows };
    benched.push(entry);
    if (!json && rows.length > 0) { for (const line of tableOf(entry)) host.out(line); }
  }
  if (json) {
    const { deno } = Deno.version;
    const machine = {
      os: Deno.build.os,
      arch: Deno.build.arch,
      cores: found.cores,
      webgpu: found.webgpu?.name ?? null,
    };
    const versions = { tool: VERSION, deno, onnxruntime: await ortVersion() };
    host.out(JSON.stringify({ ...versions, ...machine, seconds: asked.seconds, packs: benched }, null, 2));
  }
  return benched.some(({ rows }) => rows.some(({ problem }) => problem === null)) ? 0 : 1;
}

/** For each graph when the user does not say. */
const SECONDS = 2;

/** `diffpose bench`. */
export const COMMAND: CommandSpec = {
  name: "bench",
  summary: "time the packs on this machine, on every device and with every variant of the weights",
  positionals: {
    name: "[PACK…]",
    min: 0,
    max: Infinity,
    describe: "packs (NAME, DIR or ZIP); without one, all that are installed",
  },
  flags: {
    ...DEVICE_FLAGS,
    device: { ...DEVICE_FLAGS["device"]!, describe: "auto: all but software adapters; webgpu takes those, too" },
    dtype: { ...DEVICE_FLAGS["dtype"]!, describe: "auto: every variant that the pack has" },
    seconds: { type: "string", placeholder: "S", default: String(SECONDS), describe: "time for each graph" },
    json: { type: "boolean", describe: "print one JSON value" },
  },
  examples: ["diffpose bench", "diffpose bench diffpose-3d --dtype q8 --seconds 10 --json"],
  run: (args: ParsedArgs, host: Host): Promise<number> => runBench(args, host),
};
