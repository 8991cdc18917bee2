/** `view.html` in a real browser: what a person would click, with the network switched off. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "puppeteer-core";
import type { PoseRecord } from "../../src/formats/record.ts";
import { renderViewer, type ViewerOptions } from "../../src/render/mod.ts";
import { findBrowser, type GL_FLAGS, openBrowser, openPage } from "./browser.ts";
import { walkFrame, walkImages, walkRecords } from "./walk.ts";

// Ignored tests are listed as such; the CHROME variable may name a Chromium in an unusual place.
const ignore = findBrowser() === null;

const FRAMES = 60;
/** Positions in the overlay have two decimals. */
const OVERLAY_ERROR = 0.0051;
/** The page holds metres in float32 of four decimals. */
const METRE_ERROR = 0.00006;

/** Reads or changes something through `window.diffposeViewer`. */
const ask = async <T>(page: Page, code: string): Promise<T> =>
  JSON.parse(
    await page.evaluate(
      `JSON.stringify((() => { const v = window.diffposeViewer; return ${code}; })() ?? null)`,
    ) as string,
  ) as T;

/** Left wrist of person 1 in the overlay, px. */
const wrist = async (page: Page): Promise<number[]> =>
  await ask(
    page,
    `["cx", "cy"].map((name) => Number(document.querySelector('#overlay [data-id="1"] [data-joint="left_wrist"]').getAttribute(name)))`,
  );

/** Fires the event that a person's choice fires. */
async function choose(page: Page, selector: string, value: string, event: string): Promise<void> {
  await page.evaluate(
    `{ const e = document.querySelector(${JSON.stringify(selector)}); e.value = ${
      JSON.stringify(value)
    }; e.dispatchEvent(new Event("${event}", { bubbles: true })); }`,
  );
}

/** Opens a page in a browser of its own and closes everything after. */
async function withPage(
  gl: keyof typeof GL_FLAGS,
  records: Iterable<PoseRecord>,
  options: ViewerOptions,
  body: (page: Page) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  let browser: Browser | null = null;
  try {
    const path = join(folder, "view.html");
    await Deno.writeTextFile(path, (await Array.fromAsync(renderViewer(records, options))).join(""));
    browser = await openBrowser(gl);
    const { page, complaints } = await openPage(browser, pathToFileURL(path).href);
    await body(page);
    assert.deepEqual(complaints, { console: [], requests: [] });
  } finally {
    await browser?.close();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Pulls the pointer over the middle of the 3D stage. */
async function drag(page: Page): Promise<void> {
  const box = (await (await page.$("#stage canvas"))!.boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 90, y + 25, { steps: 4 });
  await page.mouse.up();
}

Deno.test({ name: "view.html scrubs, plays, turns and plots in a browser without network", ignore }, async (t) => {
  await withPage("software", walkRecords(FRAMES), { images: walkImages(FRAMES, 5), notes: ["CC0"] }, async (page) => {
    await t.step("it shows who is there and how it was made", async () => {
      assert.deepEqual(await ask(page, "v.people"), [1, 2]);
      assert.equal(await ask(page, "v.frames"), FRAMES);
      assert.equal(await ask(page, "v.stage"), "webgl");
      assert.match(
        await ask(page, `document.getElementById("facts").textContent`),
        /60 frames · 2 people · movenet fp32 wasm/,
      );
      await page.click("#about-open");
      assert.match(
        await ask(page, `document.getElementById("about").textContent`),
        /CC0[\s\S]*three\.js[\s\S]*MIT License/,
      );
      await page.click("#about button");
    });

    await t.step("scrubbing shows the points of that frame, over its picture", async () => {
      const before = await wrist(page);
      await choose(page, "#slider", "37", "input");
      assert.equal(await ask(page, "v.state().position"), 37);
      const expected = walkFrame(37).people[0]!.keypoints[9]!;
      const after = await wrist(page);
      after.forEach((value, k) =>
        assert.ok(Math.abs(value - expected[k]!) < OVERLAY_ERROR, `${after} is not ${expected}`)
      );
      assert.notDeepEqual(after, before);
      assert.equal(await ask(page, `document.querySelector('#overlay [data-id="1"]').dataset.interpolated`), "true");
      await page.waitForFunction(`document.getElementById("picture").dataset.index === "35"`);
    });

    await t.step("keys move by one and by ten, and stop at the ends", async () => {
      await page.focus("#slider");
      for (
        const [key, expected] of [["ArrowRight", 38], ["ArrowLeft", 37], ["Home", 0], ["ArrowLeft", 0], [
          "End",
          59,
        ]] as const
      ) {
        await page.keyboard.press(key);
        assert.equal(await ask(page, "v.state().position"), expected, key);
      }
      await page.keyboard.down("Shift");
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.up("Shift");
      assert.equal(await ask(page, "v.state().position"), 49);
    });

    await t.step("play runs until pause", async () => {
      await choose(page, "#slider", "0", "input");
      await choose(page, "#rate", "0.25", "change");
      await page.click("#play");
      assert.equal(await ask(page, "v.state().playing"), true);
      // The pause is clicked from inside the page: outside, the clip might end before the click arrives.
      await page.waitForFunction(
        `window.diffposeViewer.state().position > 2 && (document.getElementById("play").click(), true)`,
      );
      assert.equal(await ask(page, "v.state().playing"), false);
      const paused = await ask<number>(page, "v.state().position");
      assert.ok(paused > 2 && paused < FRAMES - 1, `paused at ${paused}`);
      await page.click("#play");
      await page.keyboard.press("End"); // any seek stops it
      assert.equal(await ask(page, "v.state().playing"), false);
      await page.click("#play"); // from the end it starts again
      await page.click("#play");
      assert.equal(await ask(page, "v.state().playing"), false);
    });

    await t.step("choosing a joint changes the curves to its values", async () => {
      const path = (): Promise<string> => ask(page, `document.querySelector("#curve .line").getAttribute("d")`);
      const before = await path();
      await choose(page, "#joint", "10", "change");
      assert.equal(await ask(page, "v.curve().joint"), "head");
      assert.notEqual(await path(), before);
      const drawn = await ask<number>(page, "v.curve().series[1].value[20]");
      assert.ok(Math.abs(drawn - walkFrame(20).people[0]!.keypoints3d![10]![1]) < METRE_ERROR);
      assert.equal(await ask(page, `document.querySelectorAll("#curve .line").length`), 3);
      await choose(page, "#space", "2d", "change");
      assert.equal(await ask(page, `document.querySelectorAll("#curve .line").length`), 2);
      await choose(page, "#person", "2", "change");
      const first = await ask<number | null>(page, "v.curve().series[0].value[0]");
      assert.equal(first, null, "person 2 comes later, and NaN is null in JSON");
    });

    await t.step("dragging turns the camera, and reset brings it back", async () => {
      const before = await ask<number[]>(page, "v.camera()");
      await drag(page);
      const after = await ask<number[]>(page, "v.camera()");
      assert.ok(Math.hypot(...after.map((value, k) => value - before[k]!)) > 0.2, `${before} to ${after}`);
      await page.click('button[data-view="default"]');
      const back = await ask<number[]>(page, "v.camera()");
      back.forEach((value, k) => assert.ok(Math.abs(value - before[k]!) < 1e-6));
    });

    await t.step("a person switched off leaves the overlay", async () => {
      await choose(page, "#slider", "20", "input"); // both are here
      await page.click('#people li[data-id="1"] input');
      const shown = await ask(page, `[...document.querySelectorAll("#overlay .person")].map((g) => g.dataset.id)`);
      assert.deepEqual(shown, ["2"]);
      await page.click('#people li[data-id="1"] input');
    });

    await t.step("the next doubtful frame is the first of those that were interpolated", async () => {
      await choose(page, "#slider", "0", "input");
      await page.click("#doubt");
      assert.equal(await ask(page, "v.state().position"), 30);
    });
  });
});

/** The walk of one figure as another run saw it: everything a little to the right. */
function* secondRun(frames: number): Generator<PoseRecord> {
  for (const record of walkRecords(frames, 1)) {
    if (record.type !== "frame") yield record;
    else {
      const people = record.people.map(({ keypoints, ...person }) => ({
        ...person,
        keypoints: keypoints.map(([x, y, score, sigma]): typeof keypoints[number] => [x + 9, y, score, sigma]),
      }));
      yield { ...record, people };
    }
  }
}

Deno.test({ name: "view.html of two runs shows both over the same picture, each with a switch", ignore }, async (t) => {
  const second = { records: secondRun(FRAMES), names: ["movenet", "diffpose-video"] as const };
  const options = { images: walkImages(FRAMES, 20), second };
  await withPage("software", walkRecords(FRAMES), options, async (page) => {
    const shown =
      `[...document.querySelectorAll("#overlay .person")].map((g) => g.querySelector(".label").textContent)`;
    await choose(page, "#slider", "20", "input");

    await t.step("people are named by run, in colours of their own", async () => {
      assert.deepEqual(await ask(page, "v.people"), [1, 2, 3]);
      assert.deepEqual(await ask(page, shown), ["1a", "2a", "1b"]);
      assert.match(
        await ask(page, `document.getElementById("facts").textContent`),
        /60 frames · a: movenet, 2 people · b: diffpose-video, 1 person$/,
      );
      const dots = `[...document.querySelectorAll("#people .dot")].map((dot) => dot.style.background)`;
      assert.equal(new Set(await ask<string[]>(page, dots)).size, 3);
      const rows = `[...document.querySelectorAll("#people li")].map((li) => li.textContent.trim().split(/[±]/)[0])`;
      assert.deepEqual(await ask(page, rows), [
        "a: movenet",
        "Person 1a",
        "Person 2a",
        "b: diffpose-video",
        "Person 1b",
      ]);
    });

    await t.step("a run is switched off and on with one click", async () => {
      await page.click('#people input[data-side="0"]');
      assert.deepEqual(await ask(page, shown), ["1b"]);
      await page.click('#people li[data-id="3"] input');
      assert.deepEqual(await ask(page, shown), ["2a", "1b"]);
      assert.equal(await ask(page, `document.querySelector('[data-side="0"]').indeterminate`), true);
      await page.click('#people input[data-side="0"]');
      assert.deepEqual(await ask(page, shown), ["1a", "2a", "1b"]);
    });

    await t.step("the curves show the same person of the other run", async () => {
      await choose(page, "#space", "2d", "change");
      await choose(page, "#joint", "9", "change");
      const shift = await ask<number[]>(
        page,
        `[v.curve().partner.person, v.curve().partner.series[0].value[20] - v.curve().series[0].value[20]]`,
      );
      assert.equal(shift[0], 2);
      assert.ok(Math.abs(shift[1]! - 9) < 2 * OVERLAY_ERROR);
      assert.equal(await ask(page, `document.querySelectorAll("#curve .other").length`), 2);
      await choose(page, "#person", "3", "change");
      assert.equal(await ask(page, "v.curve().partner"), null, "nobody there walks like the second one");
    });
  });
});

Deno.test({ name: "view.html draws on a plain canvas where WebGL is missing", ignore }, async () => {
  await withPage("none", walkRecords(20, 1), {}, async (page) => {
    assert.equal(await ask(page, "v.stage"), "canvas");
    assert.match(await ask(page, `document.getElementById("stage-hint").textContent`), /no WebGL/);
    const painted =
      `(() => { const c = document.querySelector("#stage canvas"); const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data; return d.reduce((n, value, i) => n + (i % 4 === 3 && value > 0 ? 1 : 0), 0); })()`;
    assert.ok(await ask<number>(page, painted) > 1000);
    const before = await ask<number[]>(page, "v.camera()");
    await drag(page);
    const after = await ask<number[]>(page, "v.camera()");
    assert.ok(Math.hypot(...after.map((value, k) => value - before[k]!)) > 0.2);
  });
});

Deno.test({ name: "view.html of 2D poses, of nobody, and of no frames says what is missing", ignore }, async (t) => {
  const flat = function* (): Generator<PoseRecord> {
    for (const record of walkRecords(10)) {
      if (record.type !== "frame") yield record;
      else yield { ...record, people: record.people.map(({ keypoints3d: _, derived: __, ...person }) => person) };
    }
  };
  await t.step("2D only", () =>
    withPage("none", flat(), {}, async (page) => {
      assert.equal(await ask(page, "v.stage"), null);
      assert.equal(await ask(page, `document.getElementById("stage-view").hidden`), true);
      assert.equal(await ask(page, "v.state().space"), "2d");
      assert.equal(await ask(page, `document.querySelectorAll("#curve .line").length`), 2);
    }));
  await t.step("nobody", () =>
    withPage("none", walkRecords(10, 0), {}, async (page) => {
      assert.match(await ask(page, `document.getElementById("people").textContent`), /Nobody was found/);
      await page.evaluate("window.diffposeViewer.seek(7)");
      assert.equal(await ask(page, "v.state().position"), 7);
    }));
  await t.step("no frames, cut", () =>
    withPage("none", [...walkRecords(0)].slice(0, 1), {}, async (page) => {
      assert.equal(await ask(page, `document.getElementById("clock").textContent`), "no frames");
      assert.equal(await ask(page, `document.getElementById("cut").hidden`), false);
    }));
});
