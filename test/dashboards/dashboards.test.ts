import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { families } from "../../src/catalogue.ts";
import { colours } from "../../src/dashboards/mappings.ts";
import { units } from "../../src/dashboards/units.ts";
import { generated } from "../../src/generated.ts";
import { foreignSeries, labelsOfSeries, othersSeries, parsePromql } from "../promql.ts";
import { committed, type Dashboard, type Panel, type Query, queries, replaced } from "./queries.ts";

const root = resolve(import.meta.dirname, "../..");
const all = committed();
const names = Object.fromEntries(
  [
    "job",
    "instance",
    "team",
    "model",
    "version",
    "window",
    "metric",
    "method",
    "attribute",
    "measure",
    "workload",
    "phase",
    "feature",
  ].map((name) => [name, "x"]),
);
const panels = (dashboard: Dashboard) => dashboard.panels.filter(({ type }) => type !== "row");
const asked = [...all.values()].flatMap((dashboard) => queries(dashboard, names));
const parsed = asked.map((query) => ({ ...query, ...parsePromql(query.expr) }));
const place = ({ kind, title, refId }: Query) => `${kind} ${title} ${refId}`;

/** Aggregations and functions of Prometheus 2.42 that the dashboards use; a newer one must be looked up before it goes in here. */
const known = [
  "max",
  "min",
  "sum",
  "avg",
  "count",
  "topk",
  "abs",
  "rate",
  "label_replace",
  "clamp_min",
  "time",
  "sort_desc",
  "last_over_time",
  "max_over_time",
];

describe("files", () => {
  it.each([...generated().keys()])("%s is up to date: npm run generate", (path) => {
    expect(readFileSync(join(root, path), "utf8") === generated().get(path)).toBe(true);
  });

  it("holds a file for each dashboard and no other", () => {
    const paths = [...generated().keys()].filter((path) => path.startsWith("grafana/"));
    expect([...all.keys()].map((uid) => `grafana/dashboards/${uid}.json`).sort()).toEqual(paths.sort());
  });

  it("uids, titles and the data source agree with the provisioning", () => {
    const provisioning = readFileSync(join(root, "grafana/provisioning/datasources/datasources.yml"), "utf8");
    expect(provisioning).toContain("uid: ml-prometheus");
    expect(provisioning).toContain("alertmanagerUid: ml-alertmanager");
    expect(new Set([...all.values()].map(({ title }) => title)).size).toBe(all.size);
  });
});

describe.each([...all])("%s", (name, dashboard) => {
  it("is a classic dashboard that nobody edits in the browser (file provisioning refuses the newer model)", () => {
    expect(dashboard).toMatchObject({
      uid: name,
      schemaVersion: 42,
      editable: false,
      tags: ["ml-monitoring"],
    });
    expect(name).toMatch(/^ml-[a-z-]{1,37}$/);
    for (const key of ["id", "elements", "layout", "apiVersion", "kind"])
      expect(dashboard).not.toHaveProperty(key);
  });

  it("numbers its panels and lays them on the grid without overlap", () => {
    expect(dashboard.panels.map(({ id }) => id)).toEqual(dashboard.panels.map((_, index) => index + 1));
    const taken = new Map<string, string>();
    for (const { title, gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.get(`${x},${y}`), title).toBeUndefined();
          taken.set(`${x},${y}`, title);
        }
      }
    }
  });

  it("has rows as wide as the page, open, with nothing inside", () => {
    const rows = dashboard.panels.filter(({ type }) => type === "row");
    for (const row of rows) {
      expect(row).toMatchObject({ collapsed: false, gridPos: { x: 0, w: 24, h: 1 } });
      expect(row.panels ?? []).toEqual([]);
    }
  });

  it("says of each panel what it is, in which unit, and why it may be empty", () => {
    for (const panel of panels(dashboard)) {
      expect(panel.title, `${panel.id}`).toMatch(/\S/);
      expect(panel.description, panel.title).toMatch(/\.$/);
      expect(Object.values(units), panel.title).toContain(panel.fieldConfig?.defaults.unit);
      expect(panel.fieldConfig?.defaults.noValue, panel.title).toMatch(/\S/);
    }
    const titles = panels(dashboard).map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it("says of each panel that can be alarming what to do then", () => {
    const alarming = [colours.bad, colours.warning];
    for (const panel of panels(dashboard)) {
      // A line of time is drawn in the colour of limits, which alarms nobody.
      if (panel.type === "timeseries") continue;
      const shown = JSON.stringify(panel.fieldConfig);
      if (alarming.some((colour) => shown.includes(colour)))
        expect(panel.description, panel.title).toMatch(/ What to do: .+[.?”]$/s);
    }
  });

  it("has targets with refIds of their own and the chosen data source", () => {
    for (const panel of panels(dashboard)) {
      const refIds = panel.targets?.map(({ refId }) => refId) ?? [];
      expect(refIds, panel.title).toEqual(refIds.map((_, index) => String.fromCharCode(65 + index)));
      expect(refIds.length, panel.title).toBeGreaterThan(0);
      for (const target of panel.targets ?? []) expect(target.datasource.uid).toBe("$" + "{datasource}");
      expect(panel.datasource?.uid, panel.title).toBe("$" + "{datasource}");
    }
  });

  it("judges by no number of its own: one plain colour, or not measured, none and more than none", () => {
    for (const { title, fieldConfig } of panels(dashboard)) {
      const steps = fieldConfig?.defaults.thresholds?.steps.map(({ value }) => value);
      expect([[null], [null, 0, 1]], title).toContainEqual(steps);
    }
  });

  it("keeps legends on the screen: every line's labels number few, or topk bounds them", () => {
    const many = ["feature", "group", "class", "model", "workload", "device", "gpu", "uuid"];
    for (const { title, targets = [] } of panels(dashboard).filter(({ type }) => type === "timeseries")) {
      for (const { legendFormat = "", expr } of targets) {
        const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label ?? "");
        if (shown.some((label) => many.includes(label))) expect(expr, title).toContain("topk(");
      }
    }
  });

  it("asks for tables at one moment and joins their queries", () => {
    for (const panel of panels(dashboard).filter(({ type }) => type === "table")) {
      for (const target of panel.targets ?? [])
        expect(target).toMatchObject({ instant: true, format: "table" });
      expect(
        panel.transformations?.map(({ id }) => id),
        panel.title,
      ).toEqual(["merge", "organize"]);
      tableIsWhole(panel);
    }
  });

  it("declares every variable it uses and uses every one it declares", () => {
    const text = JSON.stringify(dashboard);
    const declared = dashboard.templating.list.map(({ name }) => name);
    const used = [...text.matchAll(/\$\{?([a-z]\w*)/g)].map(([, variable]) => variable ?? "");
    expect([...new Set(used)].sort()).toEqual([...declared].sort());
  });

  it("has the variables that the dashboard linter asks for", () => {
    const [datasource, job, instance, ...others] = dashboard.templating.list;
    expect(datasource).toMatchObject({
      name: "datasource",
      type: "datasource",
      label: "Data source",
      query: "prometheus",
    });
    expect(job).toMatchObject({ name: "job", label: "Job", multi: true, includeAll: true, allValue: ".+" });
    expect(instance).toMatchObject({
      name: "instance",
      label: "Instance",
      multi: true,
      includeAll: true,
      allValue: ".+",
    });
    for (const variable of [job, instance, ...others]) {
      expect(variable, variable?.name).toMatchObject({
        type: "query",
        refresh: 2,
        datasource: { uid: "$" + "{datasource}" },
      });
    }
  });

  it("marks firing alerts, and links to dashboards that exist, with time and variables", () => {
    expect(dashboard.annotations.list.map(({ name }) => name)).toContain("Firing alerts");
    expect(dashboard.links).toMatchObject([{ tags: ["ml-monitoring"], keepTime: true, includeVars: true }]);
    for (const [, uid] of JSON.stringify(dashboard).matchAll(/\/d\/([\w-]+)/g))
      expect([...all.keys()]).toContain(uid);
    for (const [url] of JSON.stringify(dashboard).matchAll(/\/d\/[^"]+/g)) {
      for (const [, variable] of url.matchAll(/var-(\w+)=/g)) {
        const target = all.get(url.split(/[/?]/)[2] ?? "");
        expect(target?.templating.list.map(({ name }) => name)).toContain(variable);
      }
      expect(url).toContain("$" + "{__url_time_range}");
    }
  });
});

/** Headings, overrides and sorting name columns that the queries give. */
function tableIsWhole(panel: Panel) {
  const organize = panel.transformations?.[1]?.options ?? {};
  const [exclude = {}, rename = {}, index = {}] = [
    organize.excludeByName,
    organize.renameByName,
    organize.indexByName,
  ];
  const values = (panel.targets ?? []).map(({ refId }) =>
    panel.targets?.length === 1 ? "Value" : `Value #${refId}`,
  );
  const labels = new Set(
    panel.targets?.flatMap(({ expr }) => [...parsePromql(replaced(expr, names)).labels]),
  );
  for (const value of values)
    expect(value in rename || exclude[value] === true, `${panel.title} ${value}`).toBe(true);
  for (const column of [...Object.keys(rename), ...Object.keys(index)]) {
    expect(values.includes(column) || labels.has(column), `${panel.title}: nothing gives ${column}`).toBe(
      true,
    );
  }
  // Rows of several queries are joined by their labels: a name of its own would keep a query's rows apart.
  if (values.length > 1) expect(labels, panel.title).not.toContain("__name__");
  // Only what the scrape adds in some places may come as a column of its own.
  const left = [...labels].filter((label) => !(label in rename) && exclude[label] !== true);
  const optional = ["pod", "container", "endpoint", "node"];
  expect(
    left.filter((label) => !optional.includes(label)),
    panel.title,
  ).toEqual([]);
  const headings = Object.values(rename);
  expect(new Set(headings).size, panel.title).toBe(headings.length);
  for (const { matcher } of panel.fieldConfig?.overrides ?? []) expect(headings).toContain(matcher.options);
  for (const { displayName } of (panel.options?.sortBy ?? []) as { displayName: string }[])
    expect(headings).toContain(displayName);
}

describe("queries", () => {
  it("parse, with what Prometheus 2.42 knows", () => {
    for (const query of parsed) {
      expect(query.errors, place(query)).toEqual([]);
      expect(known, place(query)).toEqual(
        expect.arrayContaining([...query.functions, ...query.aggregations]),
      );
    }
  });

  it("ask for series and labels of the catalogue", () => {
    for (const query of parsed) {
      const some = new Set<string>();
      for (const { name, matchers } of query.selectors) {
        const labels = labelsOfSeries(name);
        expect(labels, `${place(query)}: ${name}`).toBeDefined();
        expect([...(labels ?? [])], `${place(query)}: ${name}`).toEqual(
          expect.arrayContaining(Object.keys(matchers)),
        );
        for (const label of labels ?? []) some.add(label);
      }
      if (query.expr.includes("label_replace")) some.add("side");
      for (const label of query.grouping) expect([...some], place(query)).toContain(label);
    }
  });

  it("name in legends only labels that are left", () => {
    for (const query of parsed.filter(({ kind }) => kind === "panel")) {
      for (const [, label] of query.legend.matchAll(/\{\{(\w+)\}\}/g))
        expect([...query.labels], place(query)).toContain(label);
    }
  });

  it("choose job and instance everywhere", () => {
    for (const query of asked) {
      if (query.kind === "variable" && ["job", "instance"].includes(query.title)) continue; // these offer the choice
      for (const { name, matchers } of parsePromql(query.raw.replaceAll(/\$(__\w+)/g, "1m")).selectors) {
        if (name in othersSeries) continue; // under whatever job their exporter is scraped
        expect(matchers.job, `${place(query)}: ${name}`).toBe('=~"$job"');
        // The rules' alerts and the recorded signal stand for a pair of exporters: they have no instance.
        if (name.startsWith("ALERTS")) expect(matchers.instance).toBe('=~"$instance|"');
        else if (name.includes(":")) expect(matchers).not.toHaveProperty("instance");
        else expect(matchers.instance, `${place(query)}: ${name}`).toBe('=~"$instance"');
      }
    }
  });

  it("take rates of counters, over the interval that fits the scrape", () => {
    for (const query of parsed) {
      for (const { name, within } of query.selectors) {
        const counter =
          name in families
            ? families[name as keyof typeof families].type === "counter"
            : name in othersSeries && name.endsWith("_total");
        expect(within === "rate", `${place(query)}: ${name}`).toBe(counter);
      }
      if (query.functions.includes("rate"))
        expect(query.raw).not.toMatch(/rate\([^[]*\[(?!(\$__rate_interval|1h)\])/);
    }
  });

  it("show each family in the unit that its name says", () => {
    const suffixes: readonly [RegExp, readonly string[]][] = [
      [/_timestamp_seconds$|^process_start_time_seconds$/, [units.ago, units.date]],
      [/_seconds$/, [units.seconds]],
      [/_bytes_total$/, [units.bytesPerSecond]],
      [/_seconds_total$/, [units.none, units.ratio]],
      [/_bytes$/, [units.bytes]],
      [/_celsius$/, [units.celsius]],
      [/_watts$/, [units.watts]],
      [/_ratio(_limit|_ci_lower)?$/, [units.ratio]],
      [/_total$/, [units.perSecond, units.rowsPerSecond]],
    ];
    // Only where the query is one family as it is, or a timestamp in milliseconds; a comparison or a state has no unit.
    for (const dashboard of all.values()) {
      for (const panel of panels(dashboard)) {
        panel.targets?.forEach(({ expr }, index) => {
          const [only, ...rest] = new Set(
            parsePromql(replaced(expr, names)).selectors.map(({ name }) => name),
          );
          if (!only || rest.length > 0 || /bool|min_labels/.test(expr)) return;
          const expected = suffixes.find(([pattern]) => pattern.test(only))?.[1];
          if (!expected) return;
          const heading =
            panel.transformations?.[1]?.options.renameByName?.[`Value #${String.fromCharCode(65 + index)}`];
          const override = panel.fieldConfig?.overrides.find(({ matcher }) => matcher.options === heading);
          const unit =
            override?.properties.find(({ id }) => id === "unit")?.value ?? panel.fieldConfig?.defaults.unit;
          if (expr.includes("< bool time()")) return;
          if (panel.title === "Models") return; // counts series, whatever they hold
          expect(expected, `${panel.title}: ${only}`).toContain(unit);
          if (/_timestamp_seconds$/.test(only)) expect(expr).toMatch(/^1000 \* /);
        });
      }
    }
  });

  it("use every family, but for these", () => {
    const used = new Set(parsed.flatMap(({ selectors }) => selectors.map(({ name }) => name)));
    const unused = Object.keys(families).filter((name) => !used.has(name));
    expect(unused.sort()).toEqual(
      [
        // constant facts of a model, for joins
        "ml_model_info",
        // used by the rules: prometheus/rules
        "ml_prediction_max_gap_seconds",
        "ml_retrain_cooldown_seconds",
        // how many labels ever came: the windows' counts tell more
        "ml_observed_labels_total",
        // the window's other ends
        "ml_window_start_timestamp_seconds",
        "ml_performance_window_end_timestamp_seconds",
        // when a workload last started: its restarts tell more
        "ml_workload_start_timestamp_seconds",
        // its share of the limit and the throttling beside it tell more
        "ml_container_cpu_seconds_total",
        // by workload and resource: the workloads' table has its cost
        "ml_workload_idle_ratio",
        // in what is recorded: prometheus/rules
        "ml_workload_replicas",
        "ml_workload_replicas_min",
        "ml_workload_replicas_max",
        "ml_workload_scale_tolerance_ratio",
      ].sort(),
    );
  });
});

describe("rules", () => {
  it("lead to dashboards that exist", () => {
    const folder = join(root, "prometheus/rules");
    const uids = readdirSync(folder).flatMap((file) =>
      [...readFileSync(join(folder, file), "utf8").matchAll(/dashboard_url: \S+\/d\/([\w-]+)/g)].map(
        ([, uid]) => uid ?? "",
      ),
    );
    expect(uids.length).toBeGreaterThan(0);
    for (const uid of uids) expect([...all.keys()]).toContain(uid);
  });

  it("record what the dashboards take from them", () => {
    const folder = join(root, "prometheus/rules");
    const text = readdirSync(folder)
      .map((file) => readFileSync(join(folder, file), "utf8"))
      .join("\n");
    for (const name of Object.keys(foreignSeries).filter((series) => series.includes(":")))
      expect(text).toContain(`record: ${name}`);
  });
});
