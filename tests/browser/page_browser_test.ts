/** The page of `serve` in a real browser: what a person would do, and the numbers that the command line gives for the same files. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "puppeteer-core";
import { openClip } from "../../src/formats/registry.ts";
import type { FrameRecord, HeaderRecord, PoseRecord } from "../../src/formats/record.ts";
import { diffpose, inTemp, ROOT } from "../cli/harness.ts";
import { comparePoses, quantile } from "./compare_poses.ts";
import { browse, canBrowse, drop, PATIENCE_MS, servePage } from "./page_fixture.ts";

const PHOTO = join(ROOT, "fixtures/images/pose.jpg");
const CLIP = join(ROOT, "fixtures/clips/balance_beam_10.mp4");
const CLIP_FRAMES = 10;

// A JPEG is decoded by another program, to values that differ by one or two of 255: joints move by less than a tenth of a
// pixel of the 1000 (0.05 was seen), and 3D poses, which are sampled with the same random numbers, by millimetres.
const PHOTO_PX = 0.5;
const PHOTO_MM = 10;
// A video besides goes from YUV to RGB by another matrix and another enlargement of the colours, which shifts every pixel a
// little; a cell of the heatmaps is 2 to 4 px here. Half of the joints must hardly move, and single ones not far.
const CLIP_PX = { half: 1, most: 8 };
const CLIP_MM = { half: 15, most: 100 };

/** An expression about the page. */
const ask = async <T>(page: Page, code: string): Promise<T> =>
  JSON.parse(await page.evaluate(`JSON.stringify((${code}) ?? null)`) as string) as T;
const settled = (page: Page) =>
  page.waitForFunction(`["result", "trouble", "start"].includes(diffposePage.section())`, { timeout: PATIENCE_MS });
const records = (page: Page): Promise<PoseRecord[]> => ask<PoseRecord[]>(page, "diffposePage.records()");
const viewer = (page: Page, code: string) =>
  page.waitForFunction(`(() => {
    const v = document.querySelector("iframe")?.contentWindow?.diffposeViewer;
    return v !== undefined && (${code});
  })()`);
const trouble = async (page: Page): Promise<string> => {
  await settled(page);
  assert.equal(await ask(page, "diffposePage.section()"), "trouble");
  const text = await ask<string>(page, `document.querySelector("#trouble-text").textContent`);
  await page.click("#trouble-again");
  return text;
};

/** What the command line gives for a file. */
async function byCommand(file: string): Promise<PoseRecord[]> {
  let found: PoseRecord[] = [];
  await inTemp(async (folder) => {
    const { code, err } = await diffpose(
      [
        "run",
        file,
        "--system",
        "movenet",
        "-o",
        folder,
        "--device",
        "wasm",
        "--threads",
        "1",
        "--format",
        "none",
        "--quiet",
      ],
    );
    assert.equal(code, 0, err);
    const stem = file.replace(/^.*[/\\]/, "").replace(/\.\w+$/, "");
    const text = readFileSync(join(folder, stem, "poses.ndjson"), "utf8");
    found = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  });
  return found;
}

/** Clicks on a download and waits for its file. */
async function download(page: Page, folder: string, kind: string): Promise<{ name: string; bytes: Uint8Array }> {
  await page.click(`button[data-download="${kind}"]`);
  await page.waitForFunction(`document.querySelector("#notice").textContent.startsWith("Saved ")`);
  const said = await ask<string>(page, `document.querySelector("#notice").textContent`);
  const name = /^Saved (\S+?)\.(?:\s|$)/.exec(said)![1]!;
  for (let tries = 0;; tries++) {
    const bytes = await Deno.readFile(join(folder, name)).catch(() => null);
    if (bytes !== null && bytes.length > 0) return { name, bytes };
    assert.ok(tries < 600, `${name} never came`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

Deno.test(
  { name: "the page computes in the browser what the command line computes", ignore: !canBrowse },
  async (t) => {
    await using server = await servePage();
    await using opened = await browse(server.address, "window.diffposePage !== undefined");
    const { page, complaints, downloads } = opened;

    await t.step("it is isolated, so that WebAssembly may have threads, and says that nothing leaves", async () => {
      assert.equal(await ask(page, "crossOriginIsolated"), true);
      assert.match(await ask(page, `document.querySelector("#private").textContent`), /Nothing leaves this machine/);
      assert.equal(await ask(page, `document.querySelector("nav a").href`), `${server.address}api.html`);
    });

    await t.step("it can be used with keys alone: everything has its turn, and shows it", async () => {
      const order: string[] = [];
      await page.evaluate("document.activeElement.blur()");
      for (let i = 0; i < 8; i++) {
        await page.keyboard.press("Tab");
        order.push(await ask(page, `document.activeElement.id || document.activeElement.textContent`));
        const outline = await ask<string>(page, `getComputedStyle(document.activeElement).outlineStyle`);
        assert.equal(outline, "solid", order.at(-1)!);
      }
      assert.deepEqual(order, [
        ...["home", "HTTP API", "choose", "camera-open"],
        ...["device", "steps", "hypotheses", "seed"],
      ]);
      const unnamed = await ask(
        page,
        `[...document.querySelectorAll("button, input, select")].filter((each) => {
         return !(each.textContent.trim() || each.labels?.length || each.getAttribute("aria-label"));
       }).map((each) => each.id)`,
      );
      assert.deepEqual(unnamed, []);
    });

    await t.step("a photo that is dropped: the poses of the command line", async () => {
      await page.evaluate(`{
      const set = (id, value) => {
        const e = document.getElementById(id);
        e.value = value;
        e.dispatchEvent(new Event("input", { bubbles: true }));
      };
      set("steps", "3"); set("hypotheses", "4"); set("seed", "5");
    }`);
      await drop(page, "pose.jpg", "image/jpeg", await Deno.readFile(PHOTO));
      await settled(page);
      assert.notEqual(await ask(page, `document.querySelector("#live-region").textContent`), "", "progress is told");
      const [header, frame, end] = await records(page) as [HeaderRecord, FrameRecord, PoseRecord];
      assert.deepEqual([header.type, frame.type, end.type], ["header", "frame", "end"]);
      assert.deepEqual([header.width, header.height, header.fps, header.input], [1000, 667, 25, "pose.jpg"]);
      assert.deepEqual(header.options, { steps: 3, hypotheses: 4, seed: 5, focal: null });
      assert.ok(header.models.every(({ device }) => device === "wasm"));
      assert.equal(frame.people.length, 1);
      assert.ok(
        frame.people[0]!.keypoints3d!.slice(1).every(([, , , sigma]) => sigma > 0),
        "every joint has its doubt",
      );
      await page.evaluate(`for (const id of ["steps", "hypotheses"]) document.getElementById(id).value = "5";
      document.getElementById("seed").value = "0"`);
      await page.click("#again");
      await drop(page, "pose.jpg", "image/jpeg", await Deno.readFile(PHOTO));
      await settled(page);
      const { pixels, millimetres } = comparePoses(await records(page), await byCommand(PHOTO));
      assert.ok(pixels.length > 10);
      assert.ok(Math.max(...pixels) < PHOTO_PX, `${Math.max(...pixels)} px`);
      assert.ok(Math.max(...millimetres) < PHOTO_MM, `${Math.max(...millimetres)} mm`);
      assert.match(await ask(page, `document.querySelector("#result-facts").textContent`), /WebAssembly, \d+ thread/);
    });

    await t.step("a video that is chosen: each frame once, shown by the viewer", async () => {
      await page.click("#again");
      await (await page.$("input#file"))!.uploadFile(CLIP);
      await settled(page);
      const found = await records(page);
      const header = found[0] as HeaderRecord;
      assert.deepEqual([header.fps, header.width, header.height], [15, 272, 480]);
      assert.equal(found.filter(({ type }) => type === "frame").length, CLIP_FRAMES);
      const { pixels, millimetres } = comparePoses(found, await byCommand(CLIP));
      assert.ok(pixels.length > 50);
      for (const [name, values, limits] of [["px", pixels, CLIP_PX], ["mm", millimetres, CLIP_MM]] as const) {
        const [half, most] = [quantile(values, 0.5), quantile(values, 1)];
        assert.ok(half < limits.half && most < limits.most, `half below ${half} ${name}, all below ${most} ${name}`);
      }
      await viewer(page, `v.frames === ${CLIP_FRAMES} && v.people.length === 1 && v.stage !== null`);
      assert.match(await ask(page, `document.querySelector("#clip-facts").textContent`), /15 frames a second \(stated/);
    });

    await t.step("keys move the viewer, wherever the focus is", async () => {
      await page.evaluate("document.activeElement.blur(); document.body.focus()");
      await page.keyboard.press("End");
      await viewer(page, `v.state().position === ${CLIP_FRAMES - 1}`);
      await page.keyboard.press("ArrowLeft");
      await viewer(page, `v.state().position === ${CLIP_FRAMES - 2}`);
      const pictures = `document.querySelector("iframe").contentDocument.querySelector("#picture").dataset.index`;
      await page.waitForFunction(`${pictures} === "${CLIP_FRAMES - 2}"`);
    });

    await t.step(
      "on a phone nothing is cut off, the page scrolls as a whole, and nothing moves for who wants that",
      async () => {
        const width = `Math.max(document.documentElement.scrollWidth,
      document.querySelector("iframe").contentDocument.documentElement.scrollWidth)`;
        await page.setViewport({ width: 390, height: 844 });
        await page.waitForFunction(`${width} <= 390`);
        await page.waitForFunction(`(() => {
      const frame = document.querySelector("iframe");
      return frame.clientHeight >= frame.contentDocument.body.scrollHeight;
    })()`);
        await page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);
        await page.evaluate(`document.querySelector("#bar").removeAttribute("value")`);
        assert.equal(await ask(page, `getComputedStyle(document.querySelector("#bar")).animationName`), "none");
        await page.emulateMediaFeatures([]);
        await page.setViewport({ width: 1280, height: 800 });
      },
    );

    await t.step("downloads are files that the project reads", async () => {
      const whole = await records(page);
      const ndjson = await download(page, downloads, "ndjson");
      assert.equal(new TextDecoder().decode(ndjson.bytes), whole.map((each) => `${JSON.stringify(each)}\n`).join(""));
      for (const kind of ["ndjson", "coco", "bvh"]) {
        const { name, bytes } = kind === "ndjson" ? ndjson : await download(page, downloads, kind);
        const open = () => Promise.resolve(new Blob([new Uint8Array(bytes)]).stream());
        const clip = await openClip({ kind: "file", name, open }, { fps: 15 });
        assert.equal(clip.format, kind === "ndjson" ? "diffpose" : kind);
        const frames = await Array.fromAsync(clip.frames());
        assert.equal(frames.filter(({ people }) => people.length === 1).length, CLIP_FRAMES, kind);
      }
      const html = await download(page, downloads, "html");
      assert.match(new TextDecoder().decode(html.bytes), /^<!doctype html>[\s\S]*data-diffpose="image"/);
    });

    await t.step("a run that is cancelled shows what it has, or nothing", async () => {
      await page.click("#again");
      await (await page.$("input#file"))!.uploadFile(CLIP);
      await page.waitForFunction(`!["–", "0"].includes(document.querySelector("#count").textContent)`);
      await page.click("#cancel");
      await settled(page);
      assert.notEqual(await ask(page, "diffposePage.section()"), "trouble");
      assert.ok((await records(page)).every(({ type }) => type !== "end"));
      if (await ask(page, "diffposePage.section()") === "result") await page.click("#again");
    });

    await t.step("files that are neither picture nor video, and sound, are refused with a reason", async () => {
      const text = new TextEncoder().encode("This is a text, and no picture at all.");
      await drop(page, "notes.txt", "text/plain", text);
      assert.match(await trouble(page), /notes\.txt: must be a picture or a video .*: bytes that begin with 54 68/);
      await drop(page, "empty.mp4", "video/mp4", new Uint8Array());
      assert.match(await trouble(page), /empty\.mp4: must be a picture or a video: an empty file/);
      const sound = await Deno.readFile(join(ROOT, "fixtures/media/sound_only.mp4"));
      await drop(page, "sound.mp4", "video/mp4", sound);
      assert.match(await trouble(page), /sound\.mp4: must (hold moving pictures|be a picture or a video)/);
      const avi = await Deno.readFile(join(ROOT, "fixtures/media/mjpeg.avi"));
      await drop(page, "clip.avi", "video/avi", avi);
      assert.match(await trouble(page), /clip\.avi: .*a video \(avi\) whose codec it does not support/);
      const half = (await Deno.readFile(PHOTO)).slice(0, 500);
      await drop(page, "half.jpg", "image/jpeg", half);
      assert.match(await trouble(page), /half\.jpg: .*a damaged JPEG/);
    });

    await t.step("a video without a list of its frames, and without anybody", async () => {
      await drop(page, "test.webm", "video/webm", await Deno.readFile(join(ROOT, "fixtures/media/vp9.webm")));
      await settled(page);
      assert.match(await ask(page, `document.querySelector("#notice").textContent`), /Nobody was found/);
      const found = await records(page);
      assert.equal(found.at(-1)!.type, "end");
      assert.ok(found.length > 3);
      await viewer(page, "v.people.length === 0");
      await page.click(`button[data-download="bvh"]`);
      await page.waitForFunction(`document.querySelector("#notice").textContent.includes("must have somebody")`);
      await page.click("#again");
    });

    await t.step("the camera films, and what it filmed becomes a clip", async () => {
      await page.click("#camera-open");
      await page.waitForFunction(`document.querySelector("#camera-video").videoWidth > 0`);
      await page.click("#camera-film");
      await page.waitForFunction(`parseFloat(document.querySelector("#camera-clock").textContent) > 0.4`);
      await page.click("#camera-film");
      await settled(page);
      const found = await records(page);
      const header = found[0] as HeaderRecord;
      assert.equal(header.input, "camera");
      assert.ok(header.fps > 0.5 && header.fps < 130, `${header.fps}`);
      const times = found.flatMap((each) => each.type === "frame" ? [each.time] : []);
      assert.ok(times.length >= 1);
      assert.equal(times[0], 0);
      assert.ok(times.every((time, i) => i === 0 || time > times[i - 1]!), "each frame once, in order");
      assert.equal(await ask(page, `document.querySelector("#camera-video").srcObject`), null, "it is switched off");
      await page.click("#again");
    });

    await t.step("without a camera it says so", async () => {
      await page.evaluate(`navigator.mediaDevices.getUserMedia = () =>
      Promise.reject(new DOMException("", "NotFoundError"))`);
      await page.click("#camera-open");
      assert.match(await trouble(page), /camera: cannot be opened: there is none/);
    });

    await t.step("WebGPU that is asked for and not there is an error, not another device", async () => {
      await page.evaluate(`document.getElementById("device").value = "webgpu"`);
      await drop(page, "pose.jpg", "image/jpeg", await Deno.readFile(PHOTO));
      assert.match(await trouble(page), /device webgpu: a WebGPU adapter must be present/);
    });

    await t.step("it asked its own server for its own files, and nobody else for anything", () => {
      assert.deepEqual(complaints, []);
      const strange = server.seen.filter(({ method, path, status }) => {
        return method !== "GET" || !server.paths.includes(path) || ![200, 304].includes(status);
      });
      assert.deepEqual(strange, []);
      const asked = server.seen.map(({ path }) => path);
      for (const path of ["/", "/app.js", "/worker.js", "/models/index.json"]) assert.ok(asked.includes(path), path);
      assert.ok(asked.every((path) => path !== "/lift"));
      const weights = asked.filter((path) => path.endsWith(".onnx"));
      assert.deepEqual(weights, [...new Set(weights)], "what was fetched once comes out of the cache");
    });
  },
);
