import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { readCars } from "../../src/demo/cars.ts";
import { deliver } from "../../src/demo/files.ts";
import { fitFuelModel } from "../../src/demo/model.ts";
import { lastTrainingYear, referenceFile, story } from "../../src/demo/story.ts";
import { binary, missing } from "../binaries.ts";
import { eventually, freePort, type Running, start } from "./processes.ts";
import { openBrowser, type Tab, withoutRenderer } from "./renderer.ts";

const without = missing("chromium") || withoutRenderer();

describe.skipIf(without)("the landing page in a browser", () => {
  let folder: string;
  let exporter: Running;
  let address: string;
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  let tab: Tab;
  const complaints: string[] = [];
  const asked: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "ml-exporter-page-"));
    const cars = readCars(readFileSync("demo/cars.json", "utf8"));
    const model = fitFuelModel(cars.filter((car) => car.year <= lastTrainingYear));
    await deliver(folder, "reference.csv", referenceFile(cars, model));
    for (const { file, text } of story(cars, model)) await deliver(folder, file, text);
    const demo = parse(readFileSync("demo/ml-exporter.yml", "utf8")) as { models: Record<string, unknown>[] };
    const broken = {
      name: "broken",
      task: "regression",
      columns: { prediction: "y_hat", label: "y" },
      predictions: { type: "files", path: "nowhere/*.csv" },
    };
    const calm = {
      ...demo.models[0],
      name: "calm",
      performance: [],
      fairness: [],
      drift: { methods: { psi: "none" } },
    };
    // A year a window: the drawing has as many points as the story has years.
    const [cars1] = demo.models.map((one) => ({ ...one, windows: ["1y"] }));
    writeFileSync(join(folder, "ml-exporter.yml"), stringify({ ...demo, models: [cars1, broken, calm] }));
    const port = await freePort();
    address = `http://127.0.0.1:${port}`;
    const flags = [`--config.file=${join(folder, "ml-exporter.yml")}`, `--data.dir=${join(folder, "data")}`];
    exporter = await start(
      process.execPath,
      ["dist/cli.js", "serve", ...flags, `--web.listen-address=127.0.0.1:${port}`],
      `${address}/-/ready`,
    );
    browser = await openBrowser(binary("chromium"));
    tab = await browser.tab({ scheme: "light", width: 1280 });
    tab.on("console", (message: { type(): string; text(): string }) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    tab.on("pageerror", (error: Error) => complaints.push(error.message));
    tab.on("request", (request: { url(): string }) => asked.push(request.url()));
    await eventually(
      "both models are evaluated",
      async () => ((await (await fetch(`${address}/`)).text()).includes("<svg") ? true : undefined),
      30_000,
    );
    await tab.goto(`${address}/`);
  });

  afterAll(async () => {
    await browser?.close();
    await exporter?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it("says at once who needs someone, and which state each model is in", async () => {
    expect(await tab.getByRole("heading", { level: 1 }).textContent()).toBe("2 of 3 models need someone");
    expect(await tab.getByRole("rowheader").allTextContents()).toEqual(["fuel-economy", "broken", "calm"]);
    expect(await tab.locator("tbody tr:not(.more) .badge").allTextContents()).toEqual([
      "critical",
      "warning",
      "ok",
    ]);
  });

  it("says of the failing model why", async () => {
    const text = await tab.locator("section").allTextContents();
    expect(text.find((one) => one.includes("broken"))).toMatch(
      /broken cannot be evaluated: models\.broken\.predictions: no file matches .*nowhere\/\*\.csv/,
    );
  });

  it("draws the missed metric against its target, and tells it to a screen reader", async () => {
    const drawings = tab.getByRole("img", {
      name: /^root_mean_squared_error of \d+ windows, .* target \(dashed\) at most 4\.$/,
    });
    expect(await drawings.count()).toBe(1);
    const box = await tab.evaluate<{ width: number; height: number }>(
      "(({ width, height }) => ({ width, height }))(document.querySelector('svg polyline').getBoundingClientRect())",
    );
    expect(box.width).toBeGreaterThan(100);
    expect(box.height).toBeGreaterThan(10);
  });

  it("is reached by the keyboard: links and details in order, opened by Enter", async () => {
    await tab.locator("summary").first().focus();
    const open = "document.activeElement.closest('details').open";
    expect(await tab.evaluate(open)).toBe(false);
    await tab.keyboard.press("Enter");
    expect(await tab.evaluate(open)).toBe(true);
    const stops: string[] = [];
    for (let press = 0; press < 40; press++) {
      await tab.keyboard.press("Tab");
      stops.push(
        await tab.evaluate<string>(
          "document.activeElement.tagName + ' ' + document.activeElement.textContent",
        ),
      );
    }
    expect(stops).toEqual(expect.arrayContaining(["A Metrics", "A Healthy", "A Ready"]));
  });

  it("has links that lead somewhere", async () => {
    const links = await tab.evaluate<string[]>("[...document.links].map((link) => link.href)");
    expect(links.length).toBeGreaterThanOrEqual(3);
    for (const link of links) expect((await fetch(link)).status, link).toBe(200);
  });

  it("has names for tables, columns and landmarks", async () => {
    expect(await tab.getByRole("columnheader").allTextContents()).toEqual([
      "Model",
      "State",
      "Performance",
      "Rows, labels",
      "Evaluated",
    ]);
    for (const role of ["banner", "main", "contentinfo"])
      expect(await tab.getByRole(role).count(), role).toBe(1);
    expect(await tab.evaluate("document.documentElement.lang")).toBe("en");
  });

  it.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 390],
  ] as const)("fits %s, %d pixels wide, with text that can be read", async (scheme, width) => {
    const other = await browser.tab({ scheme, width });
    await other.goto(`${address}/`);
    expect(await other.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    // WCAG 2.2's 4.5 to 1 for text: luminance by its formula.
    const contrast = `(() => {
      const channel = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
      const light = (colour) => { const [r, g, b] = colour.match(/[\\d.]+/g).map(Number); return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b); };
      const ground = (element) => { for (let e = element; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (!/, 0\\)$/.test(c)) return c; } return "rgb(255, 255, 255)"; };
      return Math.min(...[...document.querySelectorAll("p, td, th, h1, h2, .badge, a, code, summary, figcaption")].map((e) => {
        const [a, b] = [light(getComputedStyle(e).color), light(ground(e))];
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      }));
    })()`;
    expect(await other.evaluate(contrast)).toBeGreaterThanOrEqual(4.5);
    await other.close();
  });

  it("asks nobody else for anything, and complains of nothing", () => {
    expect(complaints).toEqual([]);
    expect(asked.filter((url) => !url.startsWith(address))).toEqual([]);
  });
});
