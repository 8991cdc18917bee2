/**
 * The page of `serve`: a clip in, the viewer out, everything computed here.
 *
 * @module
 */
/// <reference lib="dom" />

import "../older_browsers.ts";
import { InputError } from "../../core/errors.ts";
import type { PoseRecord } from "../../formats/record.ts";
import { byId } from "../../render/client/dom.ts";
import type { BrowserClip } from "../clip.ts";
import type { Run } from "../download.ts";
import { type Estimator, openEstimator } from "../estimator.ts";
import { openFileClip } from "../open_clip.ts";
import { MOST_PREVIEWS, PreviewChoice } from "../previews.ts";
import { createCameraView } from "./camera_view.ts";
import { createDials, type Dials } from "./dials.ts";
import { createIntake } from "./intake.ts";
import { fetchPlaces } from "./models_list.ts";
import { createResultView } from "./result_view.ts";
import { createWorkView, deviceName } from "./work_view.ts";

/** Sections of the page, one shown at a time. */
type Section = "start" | "camera" | "work" | "result" | "trouble";

/** What the page offers to scripts and tests as `window.diffposePage`. */
interface PageHandle {
  /** Which section is shown. */
  section(): Section;
  /** Records of the last run. */
  records(): readonly PoseRecord[];
}

const SECTIONS: readonly Section[] = ["start", "camera", "work", "result", "trouble"];
/** What gets the focus when a section appears. */
const FIRST: Readonly<Record<Section, string>> = {
  start: "choose",
  camera: "camera-film",
  work: "cancel",
  result: "again",
  trouble: "trouble-again",
};
const BASE = new URL(".", import.meta.url);

let section: Section = "start";
let records: PoseRecord[] = [];
let stop = new AbortController();
let opened: { readonly device: Dials["device"]; readonly estimator: Estimator } | null = null;

function show(next: Section): void {
  section = next;
  for (const name of SECTIONS) byId(name, HTMLElement).hidden = name !== next;
  document.body.dataset["section"] = next;
  document.getElementById(FIRST[next])?.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function fail(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  byId("trouble-text", HTMLParagraphElement).textContent = text;
  byId("trouble-hint", HTMLParagraphElement).textContent = error instanceof InputError
    ? text.includes("this browser can decode") ? "MP4 with H.264, WebM, JPEG and PNG work nearly everywhere." : ""
    : "This is a fault of the program or of the browser, not of your file. WebAssembly instead of WebGPU may help.";
  show("trouble");
}

const dials = createDials();
const work = createWorkView();
const result = createResultView(fail);
const camera = createCameraView();

/** The worker with its models; kept for the next clip unless another device is asked for. */
async function estimatorFor(device: Dials["device"], signal: AbortSignal): Promise<Estimator> {
  if (opened?.device === device) return opened.estimator;
  opened?.estimator[Symbol.dispose]();
  opened = null;
  work.stage("Loading the models");
  const estimator = await openEstimator({
    worker: () => new Worker(new URL("worker.js", BASE), { type: "module" }),
    packs: await fetchPlaces(BASE, signal),
    ort: new URL("ort/", BASE).href,
    device,
    // Threads share memory, which a browser allows only to pages that take in nothing of other origins.
    threads: crossOriginIsolated ? null : 1,
    onLoading: work.loading,
    signal,
  });
  opened = { device, estimator };
  return estimator;
}

async function showRun(clip: BrowserClip, run: Run, whole: boolean): Promise<void> {
  const frames = run.records.filter((record) => record.type === "frame");
  const people = new Set(frames.flatMap((frame) => frame.people.map(({ id }) => id)));
  const speed = work.speed();
  const on = deviceName(opened!.estimator.facts);
  const facts = [
    speed === null ? `Computed on ${on}` : `Computed on ${on}, at ${speed.toFixed(1)} frames a second`,
    ...(clip.count === 1 ? [] : [`the clip has ${Number(clip.fps.toFixed(3))} (${clip.fpsNote})`]),
  ];
  const notice = people.size === 0
    ? "Nobody was found. People should fill a good part of the picture and be lit well."
    : whole
    ? null
    : "The run was cancelled: what had been computed is shown.";
  show("result");
  await result.show(run, { title: clip.input, facts: facts.join("; "), notice });
}

async function estimate(open: (signal: AbortSignal) => Promise<BrowserClip>, name: string): Promise<void> {
  stop = new AbortController();
  const { signal } = stop;
  const { device, steps, hypotheses, seed } = dials();
  result.clear();
  records = [];
  work.reset(name);
  show("work");
  let clip: BrowserClip | null = null; // Not every browser knows `using`.
  try {
    work.stage("Opening the clip");
    clip = await open(signal);
    work.clip(clip);
    const estimator = await estimatorFor(device, signal);
    work.opened(estimator.facts);
    work.stage("The first frame is computed");
    const previews = new Map<number, Blob>();
    const choice = new PreviewChoice();
    const most = estimator.facts.defaults.maxSteps;
    const options = {
      steps: Math.min(steps, most),
      hypotheses,
      seed,
      signal,
      onSight: work.sight,
      onPreview: (index: number, picture: Blob): void => {
        previews.set(index, picture);
        choice.takes(index);
        if (previews.size > MOST_PREVIEWS) {
          for (const kept of previews.keys()) if (!choice.stays(kept)) previews.delete(kept);
        }
        work.preview(index, picture);
      },
    };
    for await (const record of estimator.run(clip, options)) records.push(record);
    const whole = records.at(-1)?.type === "end";
    if (!whole && records.every((record) => record.type !== "frame")) return show("start");
    await showRun(clip, { records, previews, notes: estimator.facts.notes }, whole);
  } catch (error) {
    if (signal.aborted) return show("start");
    if (!(error instanceof InputError)) { // Whatever state the worker is in: the next clip gets a new one.
      opened?.estimator[Symbol.dispose]();
      opened = null;
    }
    fail(error);
  } finally {
    clip?.[Symbol.dispose]();
  }
}

async function film(): Promise<void> {
  try {
    show("camera");
    const clip = await camera.film();
    if (clip === null) return show("start");
    await estimate(() => Promise.resolve(clip), "Camera");
  } catch (error) {
    fail(error);
  }
}

function start(): PageHandle {
  createIntake(
    () => section !== "work" && section !== "camera",
    (file) => void estimate((signal) => openFileClip(file, signal), file.name),
  );
  const restart = (): void => {
    result.clear();
    show("start");
  };
  byId("camera-open", HTMLButtonElement).addEventListener("click", () => void film());
  byId("cancel", HTMLButtonElement).addEventListener("click", () => stop.abort());
  byId("again", HTMLButtonElement).addEventListener("click", restart);
  byId("trouble-again", HTMLButtonElement).addEventListener("click", restart);
  byId("home", HTMLAnchorElement).addEventListener("click", (event) => {
    event.preventDefault();
    if (section === "work") stop.abort();
    else if (section === "camera") camera.close();
    else restart();
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    if (section === "work") stop.abort();
    if (section === "camera") camera.close();
  });
  document.body.dataset["section"] = section;
  return { section: () => section, records: () => records };
}

(globalThis as typeof globalThis & { diffposePage?: PageHandle }).diffposePage = start();
