/**
 * The page behind a port, and a browser that looks at it.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "puppeteer-core";
import { keepPage } from "../../src/cli/page_files.ts";
import { browserPages } from "../../src/cli/page_table.ts";
import { createHandler } from "../../src/edge/mod.ts";
import { loadPackFrom } from "../../src/runtime/pack_fs.ts";
import { ROOT } from "../cli/harness.ts";
import { findBrowser, GL_FLAGS } from "../render/browser.ts";

/** Packs of the page. */
const PACKS = ["diffpose-3d", "movenet-multipose", "movenet-thunder"] as const;
/** Whether the page can be tried on this machine. */
export const canBrowse: boolean = findBrowser() !== null &&
  PACKS.every((name) => existsSync(join(ROOT, "models", name, "manifest.json")));
/** Nothing here measures time: a browser that draws and computes on busy cores is slow. */
export const PATIENCE_MS = 400_000;

/** A request as the server saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** The page's server. */
export interface PageServer extends AsyncDisposable {
  readonly address: string;
  /** Paths of the table. */
  readonly paths: readonly string[];
  /** What was asked for. */
  readonly seen: SeenRequest[];
}

/** The table of the page with the packs of this tree. */
export async function pageTable() {
  const [lifter, multipose, thunder] = await Promise.all(PACKS.map(loadPackFrom));
  const state = await keepPage(ROOT, join(ROOT, "dist/page"));
  return await browserPages(state, { lifter: lifter!, multipose: multipose!, thunder: thunder! });
}

/** Serves the page, and nothing that computes. */
export async function servePage(): Promise<PageServer> {
  const pages = await pageTable();
  const handler = createHandler({ model: () => Promise.reject(new Error("nothing is computed here")), pages });
  const seen: SeenRequest[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const response = await handler(request);
    seen.push({ method: request.method, path: new URL(request.url).pathname, status: response.status });
    return response;
  });
  return {
    address: `http://127.0.0.1:${server.addr.port}/`,
    paths: Object.keys(pages),
    seen,
    [Symbol.asyncDispose]: async () => {
      await server.shutdown();
      await handler[Symbol.asyncDispose]();
    },
  };
}

/** A page in a browser of its own, what it complained of, and where its downloads go. */
export interface OpenedPage extends AsyncDisposable {
  readonly page: Page;
  /** Errors and warnings on the console, uncaught exceptions, requests to anywhere else. */
  readonly complaints: string[];
  readonly downloads: string;
}

/** Starts a browser without network beyond this machine, with a camera that shows a test picture. */
export async function browse(address: string, ready: string): Promise<OpenedPage> {
  const { default: puppeteer } = await import("puppeteer-core"); // only where there is a browser
  const downloads = await Deno.makeTempDir();
  const browser: Browser = await puppeteer.launch({
    executablePath: findBrowser()!,
    headless: true,
    timeout: PATIENCE_MS,
    protocolTimeout: PATIENCE_MS,
    args: [
      ...["--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
      ...["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", ...GL_FLAGS.software],
    ],
  });
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    // Software drawing makes the browser itself warn about slow read-backs; that is no word of the page.
    const driver = message.text().includes("GL Driver Message");
    if (["error", "warn"].includes(message.type()) && !driver) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(address) && !/^(data|blob):/.test(url)) complaints.push(`${request.method()} ${url}`);
  });
  const session = await browser.target().createCDPSession();
  await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: downloads });
  await page.setViewport({ width: 1280, height: 800 });
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(address, { waitUntil: "load", timeout: PATIENCE_MS });
  await page.waitForFunction(ready);
  return {
    page,
    complaints,
    downloads,
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      await Deno.remove(downloads, { recursive: true });
    },
  };
}

/** Drops a file on the page, as a hand would. */
export async function drop(page: Page, name: string, type: string, bytes: Uint8Array): Promise<void> {
  const text = bytes.toBase64();
  await page.evaluate(`{
    const bytes = Uint8Array.from(atob(${JSON.stringify(text)}), (each) => each.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], ${JSON.stringify(name)}, { type: ${JSON.stringify(type)} }));
    const place = document.getElementById("drop") ?? document.body;
    for (const kind of ["dragover", "drop"]) {
      place.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
    }
  }`);
}
