/**
 * A real browser for tests of the viewer, if the machine has one.
 *
 * @module
 */

import type { Browser, Page } from "puppeteer-core";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** Path of a Chromium: `CHROME`, or one of the usual places; null when there is none. */
export function findBrowser(): string | null {
  const candidates = [Deno.env.get("CHROME") ?? "", ...PLACES];
  return candidates.find((path) => {
    try {
      return path !== "" && Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  }) ?? null;
}

/** Flags for WebGL in software, and for a browser in which WebGL does not exist. */
export const GL_FLAGS = {
  software: ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
  none: ["--disable-gpu", "--disable-3d-apis"],
} as const;

/** Starts the browser without network: every name fails to resolve, and no proxy is asked. */
export async function openBrowser(gl: keyof typeof GL_FLAGS): Promise<Browser> {
  const { default: puppeteer } = await import("puppeteer-core"); // only where there is a browser
  return await puppeteer.launch({
    executablePath: findBrowser()!,
    headless: true,
    timeout: PATIENCE_MS,
    protocolTimeout: PATIENCE_MS,
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND", ...GL_FLAGS[gl]],
  });
}

/** A page may take this long: software drawing on a busy machine is slow, and nothing here measures time. */
const PATIENCE_MS = 180_000;

/** What a page did that it should not have. */
export interface Complaints {
  /** Errors and warnings on the console, and uncaught exceptions. */
  readonly console: string[];
  /** Requests to anywhere but the file itself and data that stands in it. */
  readonly requests: string[];
}

/** Loads a file and collects complaints. */
export async function openPage(
  browser: Browser,
  url: string,
  options: { readonly width?: number; readonly height?: number; readonly scheme?: "light" | "dark" } = {},
): Promise<{ page: Page; complaints: Complaints }> {
  const { width = 1280, height = 800, scheme = "light" } = options;
  const page = await browser.newPage();
  const complaints: Complaints = { console: [], requests: [] };
  page.on("console", (message) => {
    // Software drawing makes the browser itself warn about slow read-backs; that is no word of the page.
    const driver = message.text().includes("GL Driver Message");
    if (["error", "warn"].includes(message.type()) && !driver) complaints.console.push(message.text());
  });
  page.on("pageerror", (error) => complaints.console.push(String(error)));
  page.on("request", (request) => {
    const local = request.url() === url || request.url().startsWith("data:") || request.url().startsWith("blob:");
    if (!local) complaints.requests.push(request.url());
  });
  await page.setOfflineMode(true);
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(url, { waitUntil: "load", timeout: PATIENCE_MS });
  await page.waitForFunction("window.diffposeViewer !== undefined");
  return { page, complaints };
}
