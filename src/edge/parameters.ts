/**
 * Parameters of a request: from the query (`?fps=30`), else from a header (`X-Fps: 30`).
 *
 * @module
 */

import { Refusal } from "./refusal.ts";

/** What a request may say beside its body. */
export interface Parameters {
  /** Frames a second. */
  readonly fps?: number;
  /** Width of the pictures, px. */
  readonly width?: number;
  /** Height of the pictures, px. */
  readonly height?: number;
  /** Focal length, px. */
  readonly focal?: number;
  /** DDIM steps. */
  readonly steps?: number;
  /** Sampled poses a frame. */
  readonly hypotheses?: number;
  /** Seed of the random numbers. */
  readonly seed: number;
  /** Computing time that steps and hypotheses are chosen for, ms. */
  readonly budgetMs?: number;
  /** Format of the body, where it is not to be found by looking. */
  readonly from?: string;
  /** Follow the people anew, whatever identities the body has. */
  readonly ignoreTrackIds: boolean;
}

interface Rule {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

/** Numbers by name; a header is `X-` and the name. */
const NUMBERS = {
  fps: { min: 0.01, max: 1000 },
  width: { min: 1, max: 1e5, whole: true },
  height: { min: 1, max: 1e5, whole: true },
  focal: { min: 1, max: 1e6 },
  steps: { min: 1, max: 1000, whole: true },
  hypotheses: { min: 1, max: 100, whole: true },
  seed: { min: 0, max: Number.MAX_SAFE_INTEGER, whole: true },
  "budget-ms": { min: 1, max: 3_600_000 },
} as const satisfies Record<string, Rule>;

/** Every parameter, for messages and the description. */
export const PARAMETER_NAMES: readonly string[] = [...Object.keys(NUMBERS), "from", "ignore-track-ids"];

type Reader = (name: string) => string | undefined;

function reader(request: Request, query: URLSearchParams): Reader {
  return (name) => query.get(name) ?? request.headers.get(`x-${name}`) ?? undefined;
}

function numberOf(read: Reader, name: keyof typeof NUMBERS): number | undefined {
  const text = read(name);
  if (text === undefined) return undefined;
  const { min, max, whole = false }: Rule = NUMBERS[name];
  const value = text.trim() === "" ? NaN : Number(text);
  if (value >= min && value <= max && (!whole || Number.isSafeInteger(value))) return value;
  throw new Refusal(400, `${name} takes ${whole ? "a whole number" : "a number"} from ${min} to ${max}: "${text}"`);
}

/**
 * Reads the parameters.
 *
 * @param request Its headers.
 * @param query Its query.
 * @throws {Refusal} 400, if a query has an unknown name or one twice, or a value breaks its rule.
 */
export function readParameters(request: Request, query: URLSearchParams): Parameters {
  for (const name of new Set(query.keys())) {
    if (!PARAMETER_NAMES.includes(name)) {
      throw new Refusal(400, `a parameter is one of ${PARAMETER_NAMES.join(", ")}: "${name}"`);
    }
    if (query.getAll(name).length > 1) throw new Refusal(400, `${name} is given twice`);
  }
  const read = reader(request, query);
  const given = <K extends string>(key: K, value: number | undefined): { [key in K]?: number } =>
    (value === undefined ? {} : { [key]: value }) as { [key in K]?: number };
  const from = read("from");
  const ignore = read("ignore-track-ids") ?? "false";
  if (!["", "true", "1", "false", "0"].includes(ignore)) {
    throw new Refusal(400, `ignore-track-ids is true or false: "${ignore}"`);
  }
  return {
    ...given("fps", numberOf(read, "fps")),
    ...given("width", numberOf(read, "width")),
    ...given("height", numberOf(read, "height")),
    ...given("focal", numberOf(read, "focal")),
    ...given("steps", numberOf(read, "steps")),
    ...given("hypotheses", numberOf(read, "hypotheses")),
    ...given("budgetMs", numberOf(read, "budget-ms")),
    ...(from === undefined ? {} : { from }),
    seed: numberOf(read, "seed") ?? 0,
    ignoreTrackIds: ["", "true", "1"].includes(ignore),
  };
}
