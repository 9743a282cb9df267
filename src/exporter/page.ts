import type { Sample } from "../catalogue.ts";
import { type Alerting, alertingSamples } from "./alerting.ts";
import { chart } from "./chart.ts";
import { figure } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { findings, rank } from "./findings.ts";
import { html } from "./html.ts";
import type { ModelStatus } from "./status.ts";
import { style } from "./style.ts";
import { moment, span } from "./wording.ts";

export interface PageOptions {
  readonly version: string;
  readonly telemetryPath: string;
  /** Where users reach the exporter, when a proxy stands before it; links are relative to it. */
  readonly externalUrl?: string;
  /** Sentences of the `reason` label of ml_unmeasured_values. */
  readonly reasons: Readonly<Record<string, string>>;
}

interface Entry {
  readonly status: ModelStatus;
  readonly found: readonly Finding[];
  readonly worst: Finding;
}

/** The landing page: who needs someone and why, then a row for each model, worst first. No scripts, nothing loaded from elsewhere. */
export function renderPage(statuses: readonly ModelStatus[], nowMs: number, options: PageOptions): string {
  const entries = statuses
    .flatMap((status): Entry[] => {
      const found = findings(status, nowMs, options.reasons);
      const [worst] = found;
      return worst ? [{ status, found, worst }] : [];
    })
    .sort((a, b) => rank(a.worst) - rank(b.worst) || compare(a.status.config.name, b.status.config.name));
  const needy = entries.filter(({ worst }) => worst.severity === "critical" || worst.severity === "warning");
  const base = (options.externalUrl ?? "").replace(/\/+$/, "");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="30">
<title>${html(title(entries.length, needy.length))}</title>
<style>${style}</style>
</head>
<body>
<header><h1>${html(title(entries.length, needy.length))}</h1><p>${html(moment(Math.floor(nowMs / 1000) * 1000))}</p></header>
<main>
${needy.map((entry) => needyModel(entry, nowMs)).join("\n")}
${entries.length === 0 ? "<p>The configuration has no enabled model.</p>" : table(entries, nowMs)}
</main>
<footer>
<p><a href="${html(`${base}${options.telemetryPath}`)}">Metrics</a> · <a href="${html(`${base}/-/healthy`)}">Healthy</a> · <a href="${html(`${base}/-/ready`)}">Ready</a> · ml-exporter ${html(options.version)}</p>
</footer>
</body>
</html>
`;
}

function title(models: number, needy: number): string {
  if (models === 0) return "No models";
  if (needy === 0) return models === 1 ? "The model needs nobody" : `None of ${models} models needs anybody`;
  if (models === 1) return "The model needs someone";
  return `${needy} of ${models} models ${needy === 1 ? "needs" : "need"} someone`;
}

function needyModel({ status, found }: Entry, nowMs: number): string {
  const { name, owner } = status.config;
  const version = alertingSamples(status.samples).version ?? status.config.version;
  const about = [
    version && `version ${version}`,
    owner.team && `team ${owner.team}`,
    owner.tier && `tier ${owner.tier}`,
  ];
  const serious = found.filter(({ severity }) => severity === "critical" || severity === "warning");
  return `<section>
<h2>${html(name)}</h2>
<p class="quiet">${html(about.filter(Boolean).join(" · "))}</p>
${serious.map((finding) => article(finding, status, nowMs)).join("\n")}
${charts(status)}
</section>`;
}

/** Of each metric with a target, where more than one window is known. */
function charts({ samples, history }: ModelStatus): string {
  const { all, value } = alertingSamples(samples);
  return all("ml_performance")
    .flatMap(({ labels }) => {
      const values = history?.[labels.metric ?? ""];
      if (values === undefined) return [];
      const least = value("ml_performance_target_lower", labels);
      const most = value("ml_performance_target_upper", labels);
      return [chart({ metric: labels.metric ?? "", values, least, most })];
    })
    .join("\n");
}

function article(
  { key, severity, sentence, detail, promql }: Finding,
  status: ModelStatus,
  nowMs: number,
): string {
  const sinceMs = Object.hasOwn(status.since, key) ? status.since[key] : undefined;
  const since =
    sinceMs === undefined
      ? ""
      : ` Since ${moment(Math.floor(sinceMs / 1000) * 1000)}, ${span(nowMs - sinceMs)} ago.`;
  return `<article class="${severity}">
<p><span class="badge">${severity}</span> ${html(sentence)}</p>
<p class="quiet">${html(`${detail}${since}`.trim())}</p>
<code>${html(promql)}</code>
</article>`;
}

function table(entries: readonly Entry[], nowMs: number): string {
  return `<h2>All models</h2>
<table>
<thead><tr><th>Model</th><th>State</th><th>Performance</th><th>Rows, labels</th><th>Evaluated</th></tr></thead>
<tbody>
${entries.map((entry) => row(entry, nowMs)).join("\n")}
</tbody>
</table>`;
}

function row({ status, found, worst }: Entry, nowMs: number): string {
  const samples = alertingSamples(status.samples);
  const count = (value: number | undefined) => (value === undefined ? "–" : String(value));
  const values = shown(samples).map(
    ({ labels, value }) => `${labels.metric} ${figure(labels.metric, value)}`,
  );
  const evaluated =
    status.evaluatedAtMs === undefined ? "not yet" : `${span(nowMs - status.evaluatedAtMs)} ago`;
  const minor = found.filter(({ severity, key }) => severity === "info" || key === "well");
  const cells: readonly (readonly [string, string])[] = [
    ["State", `<span class="badge">${worst.severity}</span>`],
    ["Performance", values.map(html).join("<br>") || "–"],
    [
      "Rows, labels",
      `${count(samples.value("ml_window_predictions"))}, ${count(samples.value("ml_window_labels"))}`,
    ],
    ["Evaluated", html(evaluated)],
  ];
  return `<tr class="${worst.severity}"><th scope="row">${html(status.config.name)}</th>${cells.map(([label, html]) => `<td data-label="${label}">${html}</td>`).join("")}</tr>
<tr class="more"><td colspan="5">${minor.map(remark).join("")}</td></tr>`;
}

/** The metrics with a target; where none has one the first three. */
function shown(samples: Alerting): readonly Sample[] {
  const all = samples.all("ml_performance");
  const judged = all.filter(({ labels }) => samples.value("ml_performance_missed", labels) !== undefined);
  return judged.length > 0 ? judged : all.slice(0, 3);
}

const remark = ({ sentence, detail, promql }: Finding) =>
  `<details><summary>${html(sentence)}</summary><p class="quiet">${html(detail)}</p><code>${html(promql)}</code></details>`;

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
