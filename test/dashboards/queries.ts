import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The part of Grafana's classic dashboard that the tests look at. */
interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
  readonly format?: string;
  readonly datasource: { readonly type: string; readonly uid: string };
}
interface Step {
  readonly value: number | null;
  readonly color: string;
}
export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly repeat?: string;
  readonly collapsed?: boolean;
  readonly panels?: readonly Panel[];
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
  readonly datasource?: { readonly uid: string };
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly noValue?: string;
      readonly thresholds?: { readonly steps: readonly Step[] };
    };
    readonly overrides: readonly {
      readonly matcher: { readonly id: string; readonly options: string };
      readonly properties: readonly { readonly id: string; readonly value: unknown }[];
    }[];
  };
  readonly options?: Readonly<Record<string, unknown>>;
  readonly transformations?: readonly {
    readonly id: string;
    readonly options: Readonly<Record<string, Record<string, unknown>>>;
  }[];
}
interface Variable {
  readonly name: string;
  readonly type: string;
  readonly label: string;
  readonly query: string;
  readonly refresh?: number;
  readonly multi?: boolean;
  readonly includeAll?: boolean;
  readonly allValue?: string;
  readonly datasource?: { readonly uid: string };
}
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly editable: boolean;
  readonly tags: readonly string[];
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly annotations: { readonly list: readonly { readonly name: string; readonly target: Target }[] };
  readonly links: readonly {
    readonly tags: readonly string[];
    readonly keepTime: boolean;
    readonly includeVars: boolean;
  }[];
}

const folder = resolve(import.meta.dirname, "../../grafana/dashboards");

/** The committed dashboards: file name without ending → dashboard. */
export const committed = (): Map<string, Dashboard> =>
  new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith(".json"))
      .map((file) => [
        file.replace(/\.json$/, ""),
        JSON.parse(readFileSync(join(folder, file), "utf8")) as Dashboard,
      ]),
  );

export interface Query {
  readonly kind: "panel" | "annotation" | "variable";
  /** Title of the panel, name of the annotation or of the variable. */
  readonly title: string;
  readonly refId: string;
  readonly instant: boolean;
  readonly legend: string;
  /** As it stands in the dashboard. */
  readonly raw: string;
  /** With all variables replaced: what Prometheus is asked. */
  readonly expr: string;
}

const builtIn: Readonly<Record<string, string>> = { __rate_interval: "1m", __interval: "1m", __range: "1h" };

/** `$name` and `${name}` replaced; a variable without a value is a fault. */
export function replaced(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{?(\w+)(?::\w+)?\}?/g, (_, name: string) => {
    const value = values[name] ?? builtIn[name];
    if (value === undefined) throw new Error(`no value for $${name} in ${text}`);
    return value;
  });
}

/** The PromQL within label_values(…) and query_result(…). */
const ofVariable = (query: string) =>
  /^label_values\((.*),\s*\w+\)$/s.exec(query)?.[1] ?? /^query_result\((.*)\)$/s.exec(query)?.[1];

/** Every query of a dashboard with its variables (`job`, `instance`, `model`, …, also `__range` and the like) replaced. */
export function queries(dashboard: Dashboard, values: Readonly<Record<string, string>>): Query[] {
  const found: Omit<Query, "expr">[] = [];
  for (const { title, targets = [] } of dashboard.panels) {
    for (const { refId, expr, instant = false, legendFormat = "" } of targets) {
      found.push({ kind: "panel", title, refId, instant, legend: legendFormat, raw: expr });
    }
  }
  for (const { name, target } of dashboard.annotations.list) {
    found.push({
      kind: "annotation",
      title: name,
      refId: target.refId,
      instant: false,
      legend: "",
      raw: target.expr,
    });
  }
  for (const { name, query, type } of dashboard.templating.list) {
    if (type !== "query") continue;
    const raw = ofVariable(query);
    if (raw === undefined)
      throw new Error(`variable ${name}: neither label_values nor query_result: ${query}`);
    found.push({ kind: "variable", title: name, refId: "", instant: true, legend: "", raw });
  }
  return found.map((query) => ({ ...query, expr: replaced(query.raw, values) }));
}
