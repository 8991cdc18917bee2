/**
 * The settings of a run, as the page has them.
 *
 * @module
 */
/// <reference lib="dom" />

import { byId } from "../../render/client/dom.ts";

/** What the dials say. */
export interface Dials {
  /** Where to compute. */
  readonly device: "auto" | "webgpu" | "wasm";
  /** DDIM steps. */
  readonly steps: number;
  /** Sampled poses. */
  readonly hypotheses: number;
  /** Seed of the random numbers. */
  readonly seed: number;
}

/** Greatest seed: 32 bits. */
const MOST_SEED = 2 ** 32 - 1;

/** Wires the dials. @returns What they say when it is called. */
export function createDials(): () => Dials {
  const device = byId("device", HTMLSelectElement);
  const seed = byId("seed", HTMLInputElement);
  const dial = (name: string): HTMLInputElement => {
    const input = byId(name, HTMLInputElement);
    const value = byId(`${name}-value`, HTMLOutputElement);
    const show = (): void => void (value.textContent = input.value);
    input.addEventListener("input", show);
    show(); // A browser may have kept what was set before a reload.
    return input;
  };
  const steps = dial("steps");
  const hypotheses = dial("hypotheses");
  if (!isSecureContext) {
    byId("device-note", HTMLParagraphElement).textContent =
      "This page came over plain http from another machine, where browsers allow neither WebGPU nor threads nor the camera.";
  }
  byId("dials", HTMLFormElement).addEventListener("submit", (event) => event.preventDefault());
  return () => ({
    device: device.value as Dials["device"],
    steps: steps.valueAsNumber,
    hypotheses: hypotheses.valueAsNumber,
    seed: Math.min(MOST_SEED, Math.max(0, Math.trunc(seed.valueAsNumber) || 0)),
  });
}
