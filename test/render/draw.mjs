// Draws dashboards in headless Chromium and says what it saw of each panel. See app.jsx.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { chromium } from "./browser.mjs";

const here = import.meta.dirname;
const module = (path) => join(here, "node_modules", path);
const styles = ["uplot/dist/uPlot.min.css", "@grafana/react-data-grid/lib/styles.css"];
const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Dashboard</title><link rel="stylesheet" href="/styles.css"></head>
<body style="margin:0"><div id="root"></div><script type="module" src="/app.js"></script></body></html>`;

/** A browser that draws; `close` ends it. */
export async function openDrawer(executablePath) {
  const bundle = await build({
    entryPoints: [join(here, "app.jsx")],
    bundle: true,
    write: false,
    format: "esm",
    jsx: "automatic",
    define: { global: "window", "process.env.NODE_ENV": '"production"' },
    loader: { ".css": "empty" },
    logLevel: "error",
  });
  const script = Buffer.from(bundle.outputFiles[0].contents);
  const css = styles.map((path) => readFileSync(module(path), "utf8")).join("\n");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });

  /** `{ dashboard, answers, mode: "light" | "dark", from, to }` (ms) at a width of so many pixels. */
  async function draw(drawing, width, path) {
    const rows = Math.max(...drawing.dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
    const tab = await browser.newPage({ viewport: { width, height: rows * 38 + 24 } });
    const faults = [];
    tab.on("console", (message) => {
      if (message.type() === "error") faults.push(message.text());
    });
    tab.on("pageerror", (error) => faults.push(error.message));
    await tab.addInitScript((given) => {
      window.draw = given;
    }, drawing);
    await tab.route("**/*", (route) => answer(route, { script, css }));
    try {
      await tab.goto("http://grafana.test/");
      await tab
        .waitForSelector("[data-panel]", { state: "attached", timeout: 30_000 })
        .catch((error) => faults.push(error.message));
      // Sizes settle after the first frame.
      await tab.waitForTimeout(1000);
      if (path !== undefined) await tab.screenshot({ path });
      return { faults, panels: await tab.evaluate(seen) };
    } finally {
      await tab.close();
    }
  }
  return { draw, close: () => browser.close() };
}

function answer(route, { script, css }) {
  const { pathname } = new URL(route.request().url());
  if (pathname === "/") return route.fulfill({ contentType: "text/html", body: page });
  if (pathname === "/app.js") return route.fulfill({ contentType: "text/javascript", body: script });
  if (pathname === "/styles.css") return route.fulfill({ contentType: "text/css", body: css });
  const icon = /^\/public\/build\/img\/icons\/(.+)$/.exec(pathname)?.[1];
  const file = icon && module(`@grafana/ui/dist/public/img/icons/${icon}`);
  if (file && existsSync(file)) return route.fulfill({ contentType: "image/svg+xml", path: file });
  return route.fulfill({ status: 204, body: "" });
}

/** Runs in the page: what each panel shows, and which of its texts are cut off. */
function seen() {
  return [...document.querySelectorAll("[data-panel]")].map((panel) => {
    const cut = [...panel.querySelectorAll("*")].filter((element) => {
      if (element.children.length > 0 || !element.textContent?.trim()) return false;
      if (element.closest("svg") || element.scrollWidth <= element.clientWidth + 1) return false;
      return getComputedStyle(element).overflowX !== "visible" && element.clientWidth > 1;
    });
    const wide = [...panel.querySelectorAll("[role=grid]")].filter(
      (grid) => grid.scrollWidth > grid.clientWidth + 1,
    );
    return {
      title: panel.dataset.panel,
      type: panel.dataset.type,
      unsupported: panel.querySelector(".unsupported") !== null,
      said: panel.querySelector(".said")?.textContent ?? null,
      cut: [
        ...cut.map((element) => element.textContent),
        ...wide.map((grid) => `a table ${grid.scrollWidth - grid.clientWidth} pixels wider than its panel`),
      ],
    };
  });
}
