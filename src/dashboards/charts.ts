import { PanelBuilder as BarChart } from "@grafana/grafana-foundation-sdk/barchart";
import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  LegendDisplayMode,
  LegendPlacement,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import { FieldColorBuilder, FieldColorModeId, type Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatusHistory } from "@grafana/grafana-foundation-sdk/statushistory";
import { colours } from "./mappings.ts";
import { type Frame, framed, moreThanNone, property } from "./panels.ts";
import type { Unit } from "./units.ts";

const noLegend = new VizLegendOptionsBuilder()
  .showLegend(false)
  .displayMode(LegendDisplayMode.List)
  .placement(LegendPlacement.Bottom)
  .calcs([]);

/** A grid: a row for each series, a column for each time, coloured where the value is 1 or more (its own limit, that is). */
export function grid(frame: Frame & { expr: string; legend: string; unit: Unit }): Builder<Panel> {
  return (
    framed(new StatusHistory(), frame)
      .unit(frame.unit)
      .decimals(1)
      .thresholds(moreThanNone("warning"))
      .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
      .showValue(VisibilityMode.Never)
      .fillOpacity(90)
      // A column has to be wide enough to be seen.
      .maxDataPoints(48)
      .legend(noLegend)
      .withTarget(new DataqueryBuilder().expr(frame.expr).legendFormat(frame.legend).range())
  );
}

/** Two sets of bars of now beside one another, by a label they share. */
export function bars(
  frame: Frame & {
    unit: Unit;
    /** The label whose values stand below the bars, and its heading. */
    by: { readonly label: string; readonly heading: string };
    sets: readonly { readonly name: string; readonly expr: string; readonly colour: keyof typeof colours }[];
    /** Labels that are left out. */
    hide: readonly string[];
  },
): Builder<Panel> {
  const panel = framed(new BarChart(), frame)
    .unit(frame.unit)
    .orientation(VizOrientation.Auto)
    .showValue(VisibilityMode.Never)
    .xField(frame.by.heading)
    .xTickLabelRotation(-30)
    .barWidth(0.9)
    .groupWidth(0.8)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .calcs([]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi));
  const rename: Record<string, string> = { [frame.by.label]: frame.by.heading };
  frame.sets.forEach(({ name, expr, colour }, index) => {
    rename[`Value #${String.fromCharCode(65 + index)}`] = name;
    panel.withTarget(
      new DataqueryBuilder().expr(expr).format(PromQueryFormat.Table).instant().legendFormat(name),
    );
    panel.overrideByName(name, [property("color", { mode: "fixed", fixedColor: colours[colour] })]);
  });
  return panel
    .withTransformation({ id: "merge", options: {} })
    .withTransformation({
      id: "organize",
      options: {
        excludeByName: Object.fromEntries(["Time", ...frame.hide].map((name) => [name, true])),
        indexByName: Object.fromEntries(Object.keys(rename).map((name, index) => [name, index])),
        renameByName: rename,
      },
    })
    .withTransformation({ id: "sortBy", options: { sort: [{ field: frame.by.heading, desc: false }] } });
}
