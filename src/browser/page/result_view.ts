/**
 * A finished run: the viewer of `view.html` in a frame of its own, and downloads.
 *
 * @module
 */
/// <reference lib="dom" />

import { byId } from "../../render/client/dom.ts";
import { type Download, type DownloadName, makeDownload, type Run, viewerPage } from "../download.ts";

/** How long a browser may take to begin with a download, ms. */
const KEEP_MS = 60_000;
/** Keys that the viewer understands, wherever the focus is. */
const VIEWER_KEYS = [" ", "ArrowLeft", "ArrowRight", "Home", "End", "n", "p"];

/** What stands above the viewer. */
export interface ResultFacts {
  /** Name of the clip. */
  readonly title: string;
  /** Numbers of the run. */
  readonly facts: string;
  /** Something that should be known, or nothing. */
  readonly notice: string | null;
}

/** Shows results. */
export interface ResultView {
  /** Shows a run. */
  show(run: Run, facts: ResultFacts): Promise<void>;
  /** Forgets it. */
  clear(): void;
}

function save({ name, file }: Download): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEEP_MS);
}

/** On a phone the page scrolls as a whole, so the frame is as high as what is in it. */
function fitHeight(frame: HTMLIFrameElement): void {
  const inside = frame.contentDocument;
  if (inside === null) return;
  const narrow = matchMedia("(max-width: 640px)");
  const fit = (): void => void (frame.style.height = narrow.matches ? `${inside.body.scrollHeight}px` : "");
  new ResizeObserver(fit).observe(inside.body);
  fit();
}

/** Wires the view. @param fail Told what went wrong. */
export function createResultView(fail: (error: unknown) => void): ResultView {
  const place = byId("frame-place", HTMLDivElement);
  const notice = byId("notice", HTMLParagraphElement);
  let run: Run | null = null;
  let address = "";

  function tell(text: string | null): void {
    notice.hidden = text === null;
    notice.textContent = text;
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-download]")) {
    button.addEventListener("click", async () => {
      if (run === null) return;
      button.disabled = true;
      tell(null); // What is said next is said of this download.
      try {
        const download = await makeDownload(run, button.dataset["download"] as DownloadName);
        save(download);
        tell([`Saved ${download.name}.`, ...download.notes].join(" "));
      } catch (error) {
        tell(error instanceof Error ? error.message : String(error));
      } finally {
        button.disabled = false;
        button.focus();
      }
    });
  }
  // The keys of the viewer work as soon as it is there, without a click into it.
  document.addEventListener("keydown", (event) => {
    const viewer = place.querySelector("iframe")?.contentDocument?.body;
    const target = event.target as HTMLElement;
    if (!viewer || target.closest("button, a, input, select") !== null || !VIEWER_KEYS.includes(event.key)) return;
    event.preventDefault();
    const { key, shiftKey } = event;
    viewer.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true }));
  });

  function clear(): void {
    place.replaceChildren();
    if (address !== "") URL.revokeObjectURL(address);
    address = "";
    run = null;
    tell(null);
  }
  return {
    clear,
    async show(next, { title, facts, notice: text }) {
      clear();
      run = next;
      byId("result-title", HTMLHeadingElement).textContent = title;
      byId("result-facts", HTMLParagraphElement).textContent = facts;
      tell(text);
      address = URL.createObjectURL(await viewerPage(next));
      const frame = document.createElement("iframe");
      frame.title = "Poses in 2D and 3D, with curves";
      const shown = new Promise<void>((resolve) => frame.addEventListener("load", () => resolve(), { once: true }));
      frame.src = address;
      place.append(frame);
      await shown;
      fitHeight(frame);
      try {
        frame.contentWindow?.focus();
      } catch (error) {
        fail(error);
      }
    },
  };
}
