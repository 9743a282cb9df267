import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";
import { families } from "../src/catalogue.ts";

/** Labels that a scrape adds to every series. */
export const scrapeLabels = ["job", "instance", "pod", "container", "endpoint", "node"];
const alertLabels = [
  "alertname",
  "alertstate",
  "severity",
  "component",
  "action",
  "team",
  "tier",
  "model",
  "version",
  "window",
];
const findingLabels = ["feature", "class", "method", "attribute", "measure", "metric", "check"];
const machineLabels = ["workload", "phase", "resource", "scope", "gpu", "gpu_uuid", "mig", "currency"];

/** Series that are not ours but may be asked for: name → labels (beside the scrape's). */
export const foreignSeries: Readonly<Record<string, readonly string[]>> = {
  up: [],
  ALERTS: [...alertLabels, ...findingLabels, ...machineLabels],
  ALERTS_FOR_STATE: [...alertLabels, ...findingLabels, ...machineLabels],
  "model:ml_retrain_recommended:bool": ["model", "team", "tier"],
  "model:ml_feature_drift_detected:sum": ["model"],
  "model:ml_quality_ratio_detected:sum": ["model"],
  "workload:ml_load_per_target:ratio": ["workload", "phase", "model"],
  "workload:ml_replicas:current": ["workload", "phase", "model"],
  "workload:ml_replicas_desired:raw": ["workload", "phase", "model"],
  "workload:ml_replicas_desired:max5m": ["workload", "phase", "model"],
  "workload:ml_replicas_desired:clamped": ["workload", "phase", "model"],
};

/** Series of other exporters that the dashboards show where they are scraped, under whatever job: name → labels (beside the scrape's). */
export const othersSeries: Readonly<Record<string, readonly string[]>> = {
  DCGM_FI_PROF_GR_ENGINE_ACTIVE: ["Hostname", "gpu", "UUID", "modelName", "GPU_I_ID"],
  DCGM_FI_DEV_GPU_UTIL: ["Hostname", "gpu", "UUID", "modelName"],
  DCGM_FI_DEV_FB_USED: ["Hostname", "gpu", "UUID", "modelName", "GPU_I_ID"],
  nvidia_smi_utilization_gpu_ratio: ["uuid"],
  nvidia_smi_memory_used_bytes: ["uuid"],
  node_cpu_seconds_total: ["cpu", "mode"],
  node_memory_MemAvailable_bytes: [],
  node_memory_MemTotal_bytes: [],
  node_total_hourly_cost: ["instance_type", "region", "arch"],
};

/** Labels a series of that name can have, or undefined when nobody exposes it. */
export function labelsOfSeries(name: string): readonly string[] | undefined {
  const own =
    name in families
      ? families[name as keyof typeof families].labels
      : (foreignSeries[name] ?? othersSeries[name]);
  // What a rule records stands for a pair of exporters.
  return own && [...own, ...(name.includes(":") ? ["job"] : scrapeLabels)];
}

interface Selector {
  readonly name: string;
  /** Label → operator and quoted value, as written: `=~"x"`. */
  readonly matchers: Readonly<Record<string, string>>;
  /** The innermost function around it (`rate`), if any. */
  readonly within: string | undefined;
}

export interface Parsed {
  /** Text at syntax errors; empty when the expression parses. */
  readonly errors: readonly string[];
  readonly selectors: readonly Selector[];
  /** Labels of by, without, on, ignoring, group_left. */
  readonly grouping: readonly string[];
  readonly functions: readonly string[];
  readonly aggregations: readonly string[];
  /** Labels that the result can carry. */
  readonly labels: ReadonlySet<string>;
}

const children = (node: SyntaxNode): SyntaxNode[] => {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
};

/** Parses one PromQL expression whose dashboard variables were replaced. */
export function parsePromql(text: string): Parsed {
  const tree = parser.parse(text);
  const at = (node: SyntaxNode) => text.slice(node.from, node.to);
  const errors: string[] = [];
  const selectors: Selector[] = [];
  const grouping: string[] = [];
  const functions: string[] = [];
  const aggregations: string[] = [];
  tree.iterate({
    enter({ node }) {
      if (node.type.isError) errors.push(text.slice(Math.max(0, node.from - 20), node.to + 20));
      if (node.name === "FunctionIdentifier") functions.push(at(node));
      if (node.name === "AggregateOp") aggregations.push(at(node));
      if (node.name === "GroupingLabels") grouping.push(...node.getChildren("LabelName").map(at));
      if (node.name === "VectorSelector") selectors.push(selector(node));
    },
  });
  return { errors, selectors, grouping, functions, aggregations, labels: surviving(tree.topNode) };

  function selector(node: SyntaxNode): Selector {
    const matchers: Record<string, string> = {};
    for (const matcher of node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? []) {
      const label = matcher.getChild("LabelName");
      if (label) matchers[at(label)] = text.slice(label.to, matcher.to).trim();
    }
    let call = node.parent;
    while (call && call.name !== "FunctionCall" && call.name !== "AggregateExpr") call = call.parent;
    const name = call?.name === "FunctionCall" ? call.getChild("FunctionIdentifier") : null;
    const identifier = node.getChild("Identifier");
    return { name: identifier ? at(identifier) : "", matchers, within: name ? at(name) : undefined };
  }

  function surviving(node: SyntaxNode): Set<string> {
    if (node.name === "VectorSelector") {
      const identifier = node.getChild("Identifier");
      return new Set(["__name__", ...(labelsOfSeries(identifier ? at(identifier) : "") ?? [])]);
    }
    if (node.name === "AggregateExpr") return aggregated(node);
    if (node.name === "BinaryExpr") return combined(node);
    const inner = new Set(children(node).flatMap((child) => [...surviving(child)]));
    if (node.name === "FunctionCall") {
      const name = node.getChild("FunctionIdentifier");
      if (name && at(name) === "label_replace")
        inner.add(JSON.parse(at(body(node)[1] as SyntaxNode)) as string);
      else if (name && at(name) !== "last_over_time") inner.delete("__name__");
    }
    return inner;
  }

  function body(node: SyntaxNode): SyntaxNode[] {
    const found = node.getChild("FunctionCallBody");
    return found
      ? children(found).filter((child) => child.name !== "(" && child.name !== ")" && child.name !== ",")
      : [];
  }

  function aggregated(node: SyntaxNode): Set<string> {
    const inner = surviving(body(node).at(-1) as SyntaxNode);
    const operation = node.getChild("AggregateOp");
    // topk and bottomk choose series and leave their labels alone.
    if (operation && /^(topk|bottomk)$/.test(at(operation))) return inner;
    const modifier = node.getChild("AggregateModifier");
    const named = modifier?.getChild("GroupingLabels")?.getChildren("LabelName").map(at) ?? [];
    if (modifier?.getChild("Without"))
      return new Set([...inner].filter((label) => label !== "__name__" && !named.includes(label)));
    return new Set(named.filter((label) => inner.has(label)));
  }

  function combined(node: SyntaxNode): Set<string> {
    const [left, right] = [surviving(node.firstChild as SyntaxNode), surviving(node.lastChild as SyntaxNode)];
    if (node.getChild("And") || node.getChild("Unless")) return left;
    if (node.getChild("Or")) return new Set([...left, ...right]);
    // Only a comparison that filters keeps the name.
    const filters = ["Gtr", "Lss", "Gte", "Lte", "EqlC", "Neq"].some((name) => node.getChild(name) !== null);
    if (!filters || node.getChild("BoolModifier")) for (const side of [left, right]) side.delete("__name__");
    if (left.size === 0) return right;
    const clause = node.getChild("MatchingModifierClause");
    const lists =
      clause?.getChildren("GroupingLabels").map((list) => list.getChildren("LabelName").map(at)) ?? [];
    if (clause?.getChild("GroupLeft")) return new Set([...left, ...(lists[1] ?? [])]);
    if (clause?.getChild("GroupRight")) return new Set([...right, ...(lists[1] ?? [])]);
    if (clause?.getChild("On")) return new Set(lists[0]);
    if (clause?.getChild("Ignoring")) return new Set([...left].filter((label) => !lists[0]?.includes(label)));
    return left;
  }
}
