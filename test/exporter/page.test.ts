import { expect, it } from "vitest";
import { renderPage } from "../../src/exporter/page.ts";
import { modelConfig, modelStatus, nowMs, story } from "./statuses.ts";

const options = { version: "0.1.0", telemetryPath: "/metrics", reasons: {} };
const well = (name: string) =>
  modelStatus(name, story(name, { rmse: [3.11, 2.34, 4.14], missed: 0, end: "1974-12-31" }));
const bad = (name: string) =>
  modelStatus(name, story(name, { rmse: [5.37, 4.52, 6.38], missed: 1, end: "1979-01-02" }), {
    since: { "target_missed:root_mean_squared_error": nowMs - 7_200_000 },
  });
const failing = (name: string) => modelStatus(name, [], { error: "no such file" });

it.each([
  [[], "No models"],
  [[well("a")], "The model needs nobody"],
  [[bad("a")], "The model needs someone"],
  [[well("a"), well("b")], "None of 2 models needs anybody"],
  [[well("a"), bad("b")], "1 of 2 models needs someone"],
  [[well("a"), bad("b"), failing("c")], "2 of 3 models need someone"],
])("its title says how many need someone (%#)", (statuses, title) => {
  expect(renderPage(statuses, nowMs, options)).toContain(`<h1>${title}</h1>`);
});

it("the worst model comes first, in the sentences and in the table", () => {
  const html = renderPage([well("a"), well("z"), failing("c"), bad("b")], nowMs, options);
  expect([...html.matchAll(/<th scope="row">(\w+)</g)].map(([, name]) => name)).toEqual(["b", "c", "a", "z"]);
  expect([...html.matchAll(/<section>\n<h2>(\w+)</g)].map(([, name]) => name)).toEqual(["b", "c"]);
});

it("a finding comes with its numbers, what to do, since when, and its query", () => {
  const html = renderPage([bad("b")], nowMs, options);
  expect(html).toContain(
    "b misses its target: root_mean_squared_error is 5.37 [4.52, 6.38], target 4, over 3y to 1979-01-02;",
  );
  expect(html).toContain("Retraining is advised. Since 2026-03-01 01:00 UTC, 2 hours ago.");
  expect(html).toContain(
    "<code>ml_performance{model=&quot;b&quot;, version=&quot;1970-73&quot;, window=&quot;3y&quot;, metric=&quot;root_mean_squared_error&quot;}</code>",
  );
  expect(html).toContain("version 1970-73 · team powertrain · tier critical");
});

it("what users write is text, never markup", () => {
  const evil = `<img src=x onerror=alert(1)>"'&`;
  const status = {
    ...failing(evil),
    error: evil,
    config: modelConfig(evil, { version: evil, owner: { team: evil, tier: evil } }),
  };
  const html = renderPage([status, bad(evil)], nowMs, {
    ...options,
    version: evil,
    telemetryPath: evil,
    externalUrl: `"><script>`,
  });
  expect(html).not.toMatch(/<img|<script/);
  expect(html).toContain("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;");
});

it("it loads nothing and runs nothing", () => {
  const html = renderPage([well("a"), bad("b")], nowMs, options);
  expect(html).not.toMatch(/<script|<link|<img|@import|url\(|\son\w+=|https?:/);
});

it("links go to where users reach it", () => {
  const link = (more: object) =>
    /href="([^"]*)">Metrics/.exec(renderPage([], nowMs, { ...options, ...more }))?.[1];
  expect(link({})).toBe("/metrics");
  expect(link({ externalUrl: "https://example.org/ml/" })).toBe("https://example.org/ml/metrics");
});

const sixMonthsMs = 183 * 86_400_000;
const history = (...values: number[]) => ({
  root_mean_squared_error: values.map((value, index) => ({ endMs: nowMs + index * sixMonthsMs, value })),
});

it("a model that needs someone has a drawing of its metric against the target, with the same in words", () => {
  const status = { ...bad("b"), history: history(3, 4, 6) };
  const page = renderPage([status], nowMs, options);
  // From 3 (bottom, 72) over the target 4 to 6 (top, 8): 4 lies a third of the way up, 50.7.
  expect(page).toContain('<polyline points="6,72 160,50.7 314,8"/>');
  expect(page).toContain('<line class="target" x1="0" x2="320" y1="50.7" y2="50.7"/>');
  const words =
    "root_mean_squared_error of 3 windows, 2026-03-01 03:00 UTC to 2027-03-02 03:00 UTC: from 3 to 6; target (dashed) at most 4.";
  expect(page).toContain(`role="img" aria-label="${words}"`);
  expect(page).toContain(`<figcaption class="quiet">${words}</figcaption>`);
});

it("of one window, and of a model that needs nobody, nothing is drawn", () => {
  expect(renderPage([{ ...bad("b"), history: history(6) }], nowMs, options)).not.toContain("<svg");
  expect(renderPage([{ ...well("a"), history: history(3, 3) }], nowMs, options)).not.toContain("<svg");
});

it("a metric that never moved is a level line", () => {
  const page = renderPage([{ ...bad("b"), history: history(4, 4) }], nowMs, options);
  expect(page).toContain('<polyline points="6,40 314,40"/>');
});
