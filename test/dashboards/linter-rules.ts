import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";
import { linterUnits } from "./grafana-units.ts";

/** The part of a dashboard that the linter looks at. */
interface LintedTarget {
  readonly expr: string;
  readonly datasource?: { readonly type?: string };
}
interface LintedPanel {
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly uid?: string };
  readonly targets?: readonly LintedTarget[];
  readonly options?: { readonly reduceOptions?: { readonly fields?: string } };
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string; readonly mappings?: unknown };
    readonly overrides: readonly {
      readonly properties: readonly { readonly id: string; readonly value: unknown }[];
    }[];
  };
}
interface LintedVariable {
  readonly name: string;
  readonly type: string;
  readonly label?: string;
  readonly query?: string;
  readonly refresh?: number;
  readonly multi?: boolean;
  readonly allValue?: string;
  readonly datasource?: { readonly uid?: string };
}
export interface LintedDashboard {
  readonly title: string;
  readonly editable?: boolean;
  readonly panels: readonly LintedPanel[];
  readonly templating: { readonly list: readonly LintedVariable[] };
}

/** What a rule complains of: a panel's target, a panel, or the dashboard as a whole. */
export interface Finding {
  readonly dashboard: string;
  readonly panel?: string;
  readonly target?: number;
  readonly fault: string;
}
export type LinterRule = (dashboard: LintedDashboard) => readonly Finding[];

const stat = ["stat", "singlestat", "graph", "table", "timeseries", "gauge"];
const withQueries = ["singlestat", "gauge", "table", "stat", "state-timeline", "timeseries"];

/** A rule over the dashboard as a whole. */
const overall =
  (faults: (dashboard: LintedDashboard) => readonly string[]): LinterRule =>
  (dashboard) =>
    faults(dashboard).map((fault) => ({ dashboard: dashboard.title, fault }));

/** A rule over panels of these types. */
const ofPanels =
  (types: readonly string[], faults: (panel: LintedPanel, dashboard: LintedDashboard) => readonly string[]) =>
  (dashboard: LintedDashboard): readonly Finding[] =>
    dashboard.panels
      .filter(({ type }) => types.includes(type))
      .flatMap((panel) =>
        faults(panel, dashboard).map((fault) => ({
          dashboard: dashboard.title,
          panel: panel.title,
          fault,
        })),
      );

/** A rule over the targets of panels of these types; all types when left out. */
const ofTargets =
  (faults: (target: LintedTarget) => readonly string[], types?: readonly string[]): LinterRule =>
  (dashboard) =>
    dashboard.panels
      .filter(({ type }) => types?.includes(type) ?? true)
      .flatMap((panel) =>
        (panel.targets ?? []).flatMap((target, index) =>
          faults(target).map((fault) => ({
            dashboard: dashboard.title,
            panel: panel.title,
            target: index,
            fault,
          })),
        ),
      );

const ofType = (dashboard: LintedDashboard, wanted: string) =>
  dashboard.templating.list.filter(({ type }) => type === wanted);

/** Job and instance: chosen from what the data source has, several at once, all by default. */
const chooser = (name: string, label: string): LinterRule =>
  overall((dashboard) => {
    const found = dashboard.templating.list.find((variable) => variable.name === name);
    if (!found) return [`no variable ${name}`];
    const source = found.datasource?.uid ?? "";
    return [
      ...(/^\$(datasource|\{datasource\}|prometheus_datasource|\{prometheus_datasource\})$/.test(source)
        ? []
        : [`data source ${source}`]),
      ...(found.type === "query" ? [] : [`type ${found.type}`]),
      ...(found.label === label ? [] : [`label ${found.label}`]),
      ...(found.multi === true ? [] : ["one value only"]),
      ...(found.allValue === ".+" ? [] : [`allValue ${found.allValue}`]),
    ];
  });

/** The linter's own duration for the interval: no other range can be as long by chance. */
const rateInterval = "8869990787ms";

/** As the linter replaces variables: only outside of quotes, where they are durations. */
const expanded = (expr: string) =>
  expr
    .split('"')
    .map((part, index) =>
      index % 2 === 1
        ? part
        : part
            .replaceAll("$__rate_interval", rateInterval)
            .replaceAll(/\$__(range|interval)\b/g, "4867856611ms"),
    )
    .join('"');

interface Selected {
  readonly name: string;
  readonly matchers: readonly string[];
  readonly range: string | undefined;
  /** The function right around the range. */
  readonly within: string | undefined;
}

/** The selectors of an expression, or the text around its first fault. */
function selected(expr: string): readonly Selected[] | string {
  const text = expanded(expr);
  const at = (node: SyntaxNode | null | undefined) => (node ? text.slice(node.from, node.to) : undefined);
  const found: Selected[] = [];
  let fault: string | undefined;
  parser.parse(text).iterate({
    enter({ node }) {
      if (node.type.isError) fault ??= text.slice(Math.max(0, node.from - 20), node.to + 20);
      if (node.name !== "VectorSelector") return;
      const matrix = node.parent?.name === "MatrixSelector" ? node.parent : undefined;
      const call = matrix?.parent?.name === "FunctionCallBody" ? matrix.parent.parent : undefined;
      found.push({
        name: at(node.getChild("Identifier")) ?? "",
        matchers: (node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? []).map(
          (matcher) => at(matcher)?.replaceAll(/\s/g, "") ?? "",
        ),
        range: matrix && /\[(.*)\]$/s.exec(at(matrix) ?? "")?.[1],
        within: at(call?.getChild("FunctionIdentifier")),
      });
    },
  });
  return fault ?? found;
}

/** A rule over the selectors of every target; what does not parse is target-promql-rule's. */
const ofSelectors = (
  fault: (selector: Selected) => string | undefined,
  types?: readonly string[],
): LinterRule =>
  ofTargets(({ expr }) => {
    const found = selected(expr);
    return typeof found === "string" ? [] : found.flatMap((selector) => fault(selector) ?? []);
  }, types);

const matched = (label: string): LinterRule =>
  ofSelectors(({ name, matchers }) =>
    matchers.includes(`${label}=~"$${label}"`) ? undefined : `${name} without ${label}=~"$${label}"`,
  );

/** We ask no Loki; a target that does is a fault by itself. */
const noLoki: LinterRule = ofTargets(({ datasource }) =>
  datasource?.type === "prometheus" ? [] : [`data source of type ${datasource?.type}`],
);

/**
 * The rules of grafana/dashboard-linter at 4d0844b by their names (lint/rules.go), in its order. They find what its binary finds, but for
 * the two of LogQL (here: any target that is not Prometheus's) and target-counter-agg-rule, which sees through matchers here.
 */
export const linterRules: Readonly<Record<string, LinterRule>> = {
  "template-datasource-rule": overall((dashboard) => {
    const found = ofType(dashboard, "datasource");
    if (found.length === 0) return ["no variable of type datasource"];
    const names = ["prometheus_datasource", ...(found.length === 1 ? ["datasource"] : [])];
    const labels = ["Prometheus data source", ...(found.length === 1 ? ["Data source"] : [])];
    return found.flatMap(({ name, label = "" }) => [
      ...(names.includes(name) ? [] : [`named ${name}`]),
      ...(labels.includes(label) ? [] : [`labelled ${label}`]),
    ]);
  }),
  "template-job-rule": chooser("job", "Job"),
  "template-instance-rule": chooser("instance", "Instance"),
  "template-label-promql-rule": overall((dashboard) =>
    ofType(dashboard, "query").flatMap(({ name, query = "" }) => {
      const [, call = "", argument = ""] = /([a-z_]+)\((.+)\)/s.exec(query) ?? [];
      if (!["label_names", "label_values", "metrics", "query_result"].includes(call))
        return [`${name}: ${query}`];
      const expr = call === "label_values" ? argument.replace(/,\s*\w+$/, "") : argument;
      const found = selected(expr);
      return typeof found === "string" ? [`${name}: ${found}`] : [];
    }),
  ),
  "template-on-time-change-reload-rule": overall((dashboard) =>
    ofType(dashboard, "query").flatMap(({ name, refresh }) => (refresh === 2 ? [] : [`${name}: ${refresh}`])),
  ),
  "panel-datasource-rule": ofPanels(["singlestat", "graph", "table", "timeseries"], (panel, dashboard) => {
    const allowed = ofType(dashboard, "datasource").flatMap(({ name }) => [`$${name}`, `\${${name}}`]);
    const uid = panel.datasource?.uid ?? "";
    return allowed.includes(uid) ? [] : [`data source ${uid}`];
  }),
  "panel-title-description-rule": ofPanels(stat, ({ title, description = "" }) =>
    title !== "" && description !== "" ? [] : ["no title or no description"],
  ),
  "panel-units-rule": ofPanels(stat, ({ type, options, fieldConfig }) => {
    if (type === "stat" && (options?.reduceOptions?.fields ?? "") !== "") return [];
    const properties = fieldConfig?.overrides.flatMap((override) => override.properties) ?? [];
    if (properties.some(({ id }) => id === "mappings") || fieldConfig?.defaults.mappings !== undefined)
      return [];
    // The binary takes the last override for the panel's unit.
    const unit = properties.findLast(({ id }) => id === "unit")?.value ?? fieldConfig?.defaults.unit;
    return typeof unit === "string" && linterUnits.has(unit) ? [] : [`unit ${unit}`];
  }),
  "panel-no-targets-rule": ofPanels(stat, ({ targets }) => (targets?.length ? [] : ["no target"])),
  "target-logql-rule": noLoki,
  "target-logql-auto-rule": noLoki,
  "target-promql-rule": ofTargets(({ expr }) => {
    const found = expr === "" ? "no expression" : selected(expr);
    return typeof found === "string" ? [found] : [];
  }, withQueries),
  "target-rate-interval-rule": ofSelectors(
    ({ name, range, within = "" }) =>
      range !== undefined && range !== rateInterval && ["rate", "irate"].includes(within)
        ? `${within} of ${name} over ${range}`
        : undefined,
    withQueries,
  ),
  "target-job-rule": matched("job"),
  "target-instance-rule": matched("instance"),
  "target-counter-agg-rule": ofSelectors(({ name, within = "" }) =>
    !name.endsWith("_total") || ["rate", "irate", "increase"].includes(within)
      ? undefined
      : `${name} as it is`,
  ),
  "uneditable-dashboard": overall(({ editable }) => (editable === false ? [] : ["editable"])),
};
