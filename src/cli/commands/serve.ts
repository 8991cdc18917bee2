/**
 * `diffpose serve`: the handler of `edge.ts` on a port of this machine.
 *
 * @module
 */
import { InputError } from "../../core/errors.ts";
import {
  type CorsChoice,
  createHandler,
  type Handler,
  type HandlerOptions,
  type Limits,
  type MovenetImages,
  openMovenetImages,
  type Pages,
  SERVICE_LIMITS,
} from "../../edge/mod.ts";
import type { Pack } from "../../runtime/mod.ts";
import { loadPackFrom } from "../../runtime/pack_fs.ts";
import {
  booleanFlag,
  type CommandSpec,
  type FlagSpec,
  type Host,
  numberFlag,
  type ParsedArgs,
  stringFlag,
  UsageError,
} from "../command.ts";
import { DEVICE_FLAGS, sessionOptions } from "../model_flags.ts";
import { openPageFiles } from "../page_files.ts";
import { browserPages } from "../page_table.ts";

/** Where the token may stand besides the flag, which everybody on the machine can see. */
const TOKEN_VARIABLE = "DIFFPOSE_TOKEN";
/** Addresses that only this machine reaches. */
const LOOPBACK: readonly string[] = ["127.0.0.1", "::1", "localhost"];
const MIB = 2 ** 20;

/** A limit that a flag changes. */
interface LimitFlag {
  readonly limit: keyof Limits;
  readonly placeholder: string;
  readonly describe: string;
  /** What one unit of the flag is in the limit's. */
  readonly unit: number;
}

const LIMIT_FLAGS: Readonly<Record<string, LimitFlag>> = {
  "max-body": { limit: "maxBodyBytes", placeholder: "MIB", describe: "largest body", unit: MIB },
  "max-frames": { limit: "maxFrames", placeholder: "N", describe: "most frames of a request", unit: 1 },
  "max-people": { limit: "maxPeople", placeholder: "N", describe: "most people in a frame", unit: 1 },
  concurrency: { limit: "concurrency", placeholder: "N", describe: "requests that are computed at a time", unit: 1 },
  queue: {
    limit: "waiting",
    placeholder: "N",
    describe: "requests that wait for their turn; more are refused",
    unit: 1,
  },
  "body-timeout": { limit: "bodyMs", placeholder: "S", describe: "longest time for a body to arrive", unit: 1000 },
  timeout: { limit: "workMs", placeholder: "S", describe: "longest time for an answer, waiting included", unit: 1000 },
};

function limitFlags(): Record<string, FlagSpec> {
  return Object.fromEntries(
    Object.entries(LIMIT_FLAGS).map(([name, { limit, placeholder, describe, unit }]) => [
      name,
      { type: "string", placeholder, describe, default: String(SERVICE_LIMITS[limit] / unit) },
    ]),
  );
}

/** Serves. */
export const COMMAND: CommandSpec = {
  name: "serve",
  summary: "a page that computes in the browser, and an HTTP API: 2D keypoints in, 3D poses out",
  positionals: { name: "", min: 0, max: 0, describe: "" },
  flags: {
    host: { type: "string", placeholder: "NAME", default: "127.0.0.1", describe: "address to listen at" },
    port: { type: "string", placeholder: "N", default: "8000", describe: "port; 0 takes a free one" },
    token: {
      type: "string",
      placeholder: "TEXT",
      describe: `bearer token that requests must have; better in ${TOKEN_VARIABLE}`,
    },
    cors: { type: "string", placeholder: "A,B", describe: "origins of other pages that may call, or * for all" },
    images: { type: "boolean", describe: "the API takes pictures, too (needs the movenet packs)" },
    "no-page": { type: "boolean", describe: "API only: no page that computes in the browser" },
    model: { type: "string", placeholder: "NAME|DIR|ZIP", default: "diffpose-3d", describe: "pack of the 3D system" },
    ...limitFlags(),
    ...DEVICE_FLAGS,
    quiet: { type: "boolean", describe: "do not say where it listens" },
  },
  examples: [
    "diffpose serve",
    "diffpose serve --no-page --images",
    "DIFFPOSE_TOKEN=… diffpose serve --host 0.0.0.0 --cors https://example.org",
  ],
  run: serve,
};

function limitsOf(args: ParsedArgs): Partial<Limits> {
  const given = Object.entries(LIMIT_FLAGS).map(([name, { limit, unit }]) => {
    const min = limit === "waiting" ? 0 : unit === 1 ? 1 : 0.001;
    const value = numberFlag(args, name, { min, max: 1e6, integer: unit === 1 })!;
    return [limit, Math.max(min, Math.round(value * unit))];
  });
  const limits = Object.fromEntries(given) as Partial<Limits>;
  // A body that is allowed must find room.
  const room = Math.max(SERVICE_LIMITS.maxBufferedBytes, 2 * (limits.maxBodyBytes ?? 0));
  return { ...SERVICE_LIMITS, ...limits, maxBufferedBytes: room };
}

/**
 * Reads `--cors`.
 *
 * @throws {UsageError} If an origin is none: an address without path.
 */
function corsOf(args: ParsedArgs): CorsChoice {
  const text = stringFlag(args, "cors");
  if (text === undefined) return false;
  if (text === "*") return "*";
  const origins = text.split(",").map((origin) => origin.trim());
  const wrong = origins.find((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin);
  if (wrong === undefined) return origins;
  throw new UsageError(`--cors takes origins such as https://example.org, or *: "${wrong}"`);
}

/** The packs of the page beside that of the 3D system. */
const PEOPLE_PACKS = ["movenet-multipose", "movenet-thunder"];

/** The page that computes in the browser; none where its packs are missing, and the API's page takes its place. */
async function openPages(model: Pack, warn: (text: string) => void): Promise<Pages> {
  try {
    const [multipose, thunder] = await Promise.all(PEOPLE_PACKS.map(loadPackFrom)) as [Pack, Pack];
    return await browserPages(await openPageFiles(), { lifter: model, multipose, thunder });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    warn(`no page for browsers: ${error.message}`);
    return {};
  }
}

async function openImages(device: HandlerOptions["device"]): Promise<MovenetImages> {
  const [multipose, thunder] = await Promise.all(PEOPLE_PACKS.map(loadPackFrom));
  return await openMovenetImages({ multipose: multipose!, thunder: thunder! }, device === undefined ? {} : { device });
}

/** What the log says of a fault: mistakes in the input have their message, the stack of anything else helps to mend it. */
function faultText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof InputError ? error.message : error.stack ?? error.message;
}

async function serve(args: ParsedArgs, host: Host): Promise<number> {
  const hostname = stringFlag(args, "host")!;
  const port = numberFlag(args, "port", { min: 0, max: 65_535, integer: true })!;
  const token = stringFlag(args, "token") ?? host.env(TOKEN_VARIABLE);
  if (token === "") throw new UsageError("the token must not be empty");
  const cors = corsOf(args);
  const limits = limitsOf(args);
  const { device = "auto", dtype = "auto", threads, onWarning } = sessionOptions(args, host);
  const model = await loadPackFrom(stringFlag(args, "model")!);
  await using stack = new AsyncDisposableStack();
  const images = booleanFlag(args, "images") ? stack.use(await openImages(device)) : undefined;
  const handler: Handler = stack.use(createHandler({
    model,
    device,
    dtype,
    ...(threads === undefined ? {} : { threads }),
    limits,
    cors,
    pages: booleanFlag(args, "no-page") ? {} : await openPages(model, (text) => onWarning?.(text)),
    ...(token === undefined ? {} : { token }),
    ...(images === undefined ? {} : { images }),
    onError: (error) => host.err(`diffpose: ${faultText(error)}`),
  }));
  await handler.ready();
  if (!LOOPBACK.includes(hostname) && token === undefined) {
    onWarning?.(`everybody who reaches ${hostname} may use this service, as it has no token`);
  }
  const server = Deno.serve({
    hostname,
    port,
    signal: host.signal,
    onListen: ({ port: taken }) => {
      const place = hostname.includes(":") ? `[${hostname}]` : hostname;
      if (!booleanFlag(args, "quiet")) host.out(`http://${place}:${taken}/`);
    },
  }, handler);
  await server.finished;
  return 0;
}
