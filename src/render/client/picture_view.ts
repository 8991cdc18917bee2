/**
 * The picture of a frame with the 2D points over it.
 *
 * @module
 */
/// <reference lib="dom" />

import type { Keypoint2D } from "../../formats/record.ts";
import { type OverlayPerson, overlaySvg } from "../overlay.ts";
import type { ViewerPerson } from "../payload.ts";
import type { Clip } from "./clip.ts";
import { byId } from "./dom.ts";
import type { Store } from "./store.ts";

/** The encoded pictures that stand in the page, by the index of their frame. */
interface Pictures {
  readonly count: number;
  /** The last picture at or before a frame, or null. */
  nearest(index: number): { readonly index: number; bytes(): Blob } | null;
}

function readPictures(root: ParentNode): Pictures {
  const elements = [...root.querySelectorAll<HTMLScriptElement>('script[data-diffpose="image"]')];
  const indices = elements.map((element) => Number(element.dataset["index"]));
  return {
    count: elements.length,
    nearest(index) {
      let low = 0;
      let high = indices.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (indices[middle]! <= index) low = middle + 1;
        else high = middle;
      }
      const element = elements[low - 1];
      if (element === undefined) return null;
      const bytes = (): Blob => {
        const binary = atob(element.textContent ?? "");
        return new Blob([Uint8Array.from(binary, (character) => character.charCodeAt(0))], { type: element.type });
      };
      return { index: indices[low - 1]!, bytes };
    },
  };
}

function overlayPerson(person: ViewerPerson, label: string): OverlayPerson {
  const points = Array.from(
    { length: person.keypoints.length / 4 },
    (_, joint) => [...person.keypoints.subarray(joint * 4, joint * 4 + 4)] as unknown as Keypoint2D,
  );
  const [x = NaN, y = NaN, width = NaN, height = NaN] = person.box;
  return { id: person.id, label, box: [x, y, width, height], keypoints: points, interpolated: person.interpolated };
}

/** Shows frames as the state asks. */
export function createPictureView(clip: Clip, store: Store): void {
  const { width, height } = clip.header;
  const canvas = byId("picture", HTMLCanvasElement);
  const overlay = byId("overlay", HTMLDivElement);
  const pictures = readPictures(document);
  const names = new Map(clip.tracks.map(({ id, name }) => [id, name]));
  const toggle = byId("show-picture", HTMLInputElement);
  toggle.disabled = pictures.count === 0;
  toggle.checked = pictures.count > 0;
  let shown = -1;
  let request = 0;

  // Until a picture comes, and where none will, a pale ground shows where the picture ends.
  canvas.width = width;
  canvas.height = height;
  const ground = canvas.getContext("2d");
  if (ground !== null) {
    ground.fillStyle = "rgb(128 128 128 / 18%)";
    ground.fillRect(0, 0, width, height);
  }

  async function showPicture(index: number): Promise<void> {
    const mine = ++request;
    const picture = pictures.nearest(index);
    if (picture === null || picture.index === shown) return;
    const bitmap = await createImageBitmap(picture.bytes());
    if (mine === request) { // a later frame was asked for while this one was decoded
      canvas.width = bitmap.width;
      canvas.height = bitmap.height;
      canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
      shown = picture.index;
      canvas.dataset["index"] = String(shown);
    }
    bitmap.close();
  }

  function draw(): void {
    const { position, hidden, sigma, boxes, picture } = store.get();
    const frame = clip.frames[position];
    const people = (frame?.people ?? []).filter((person) => !hidden.has(person.id)).map((person) =>
      overlayPerson(person, names.get(person.id)!)
    );
    overlay.innerHTML = overlaySvg({ people }, { width, height }, { sigma, boxes });
    canvas.style.visibility = picture ? "visible" : "hidden";
    if (frame !== undefined && picture) showPicture(frame.index).catch(() => {}); // a broken picture leaves the last one
  }

  toggle.addEventListener("change", () => store.set({ picture: toggle.checked }));
  const box = byId("show-boxes", HTMLInputElement);
  box.addEventListener("change", () => store.set({ boxes: box.checked }));
  store.listen((_, changed) => {
    if (["position", "hidden", "sigma", "boxes", "picture"].some((name) => changed.has(name as "position"))) draw();
  });
  draw();
}
