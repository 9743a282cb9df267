import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import type { Dashboard, Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { finalize } from "./finalize.ts";

const datasource = { type: "prometheus", uid: "$" + "{datasource}" };
const tag = "ml-monitoring";

export interface Variable {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  /** label_values(…) or query_result(…). */
  readonly query: string;
  /** Takes part of what query_result gives. */
  readonly regex?: string;
  /**
   * Several may be chosen; `all` is what "All" means in a regular expression, absent: each value that is listed. `first`: the first is
   * the default, and all of them would be too many.
   */
  readonly several?: { readonly all?: string } | "first";
  /** Keeps Prometheus's order, so that the first is the default. */
  readonly ordered?: true;
}

export interface Annotation {
  readonly name: string;
  readonly expr: string;
  readonly colour: string;
  readonly title: string;
  readonly text: string;
  readonly tags: string;
}

export interface Section {
  /** Absent for what stands at the top. */
  readonly title?: string;
  readonly panels: readonly Builder<Panel>[];
}

function variable(spec: Variable): QueryVariableBuilder {
  const built = new QueryVariableBuilder(spec.name)
    .label(spec.label)
    .description(spec.description)
    .datasource(datasource)
    .query(spec.query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(spec.ordered ? VariableSort.Disabled : VariableSort.AlphabeticalCaseInsensitiveAsc)
    .multi(spec.several !== undefined)
    .includeAll(spec.several !== undefined && spec.several !== "first");
  if (spec.regex !== undefined) built.regex(spec.regex);
  if (spec.several === undefined || spec.several === "first") return built;
  built.current({ selected: true, text: ["All"], value: ["$__all"] });
  if (spec.several.all !== undefined) built.allValue(spec.several.all);
  return built;
}

/** Job and instance of the exporters: the first variables of every dashboard. */
const scrapeVariables: readonly Variable[] = [
  {
    name: "job",
    label: "Job",
    description: "Scrape job of the exporters.",
    query: "label_values(ml_exporter_build_info, job)",
    several: { all: ".+" },
  },
  {
    name: "instance",
    label: "Instance",
    description: "Exporters. Of a pair that watches the same models, each model is shown once.",
    query: 'label_values(ml_exporter_build_info{job=~"$job"}, instance)',
    several: { all: ".+" },
  },
];

/** A dashboard with what all have: data source, scrape variables, links that carry the time, one tooltip over all panels. */
export function dashboard(spec: {
  uid: string;
  title: string;
  description: string;
  from: string;
  variables: readonly Variable[];
  annotations: readonly Annotation[];
  sections: readonly Section[];
}): string {
  const built = new DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(spec.description)
    .tags([tag])
    .readonly()
    .timezone("browser")
    .time({ from: spec.from, to: "now" })
    .refresh("1m")
    .tooltip(DashboardCursorSync.Crosshair)
    .link(
      new DashboardLinkBuilder("ML monitoring")
        .type(DashboardLinkType.Dashboards)
        .tags([tag])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    )
    .withVariable(new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"));
  for (const each of [...scrapeVariables, ...spec.variables]) built.withVariable(variable(each));
  for (const { name, expr, colour, title, text, tags } of spec.annotations) {
    built.annotation(
      new AnnotationQueryBuilder()
        .name(name)
        .datasource(datasource)
        .enable(true)
        .iconColor(colour)
        .titleFormat(title)
        .textFormat(text)
        .tagKeys(tags)
        .target(new DataqueryBuilder().expr(expr).refId("Anno").interval("60s")),
    );
  }
  for (const section of spec.sections) {
    if (section.title !== undefined) built.withRow(new RowBuilder(section.title));
    for (const panel of section.panels) built.withPanel(panel);
  }
  return finalize(built.build() as Dashboard);
}
