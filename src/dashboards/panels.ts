import type { PanelBuilder as BarChart } from "@grafana/grafana-foundation-sdk/barchart";
import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import {
  BigValueColorMode,
  BigValueGraphMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import type { DynamicConfigValue, Panel, ValueMapping } from "@grafana/grafana-foundation-sdk/dashboard";
import {
  DashboardLinkBuilder,
  FieldColorBuilder,
  FieldColorModeId,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as Stat } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as StateTimeline } from "@grafana/grafana-foundation-sdk/statetimeline";
import type { PanelBuilder as StatusHistory } from "@grafana/grafana-foundation-sdk/statushistory";
import { PanelBuilder as Table } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeSeries } from "@grafana/grafana-foundation-sdk/timeseries";
import { colours } from "./mappings.ts";
import type { Unit } from "./units.ts";

export interface Frame {
  readonly title: string;
  readonly description: string;
  /** Of 24. */
  readonly width: number;
  /** In grid rows of 30 pixels. */
  readonly height: number;
  /** Said in place of data: why there may be none; in a stat a word or two, which its description explains. */
  readonly noValue: string;
}

/** How a line is drawn. `band` fills from the line down to the one named. */
type Line = "value" | "limit" | "baseline" | "bound" | { readonly band: string };

export interface Query {
  readonly expr: string;
  readonly legend: string;
  readonly line?: Line;
  /** Of this query alone, in place of the panel's. */
  readonly mappings?: ValueMapping[];
}

/** One colour and no steps: values are judged by their own limits, which are series, never by a number in a dashboard. */
const plain = (colour: string = colours.fine) =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([{ value: null, color: colour }]);

/**
 * "More than none" is the only number that a dashboard may judge by: how many findings there are, or a score over its own limit. Below:
 * not measured.
 */
export const moreThanNone = (attention: "warning" | "bad") =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
    { value: null, color: colours.unknown },
    { value: 0, color: colours.fine },
    { value: 1, color: colours[attention] },
  ]);

/** What every panel has. */
export function framed<B extends TimeSeries | Stat | Table | StateTimeline | StatusHistory | BarChart>(
  builder: B,
  frame: Frame,
): B {
  builder.title(frame.title).description(frame.description).span(frame.width).height(frame.height);
  builder.noValue(frame.noValue).thresholds(plain());
  return builder;
}

export const property = (id: string, value: unknown): DynamicConfigValue => ({ id, value });
const fixed = (colour: string) => property("color", { mode: "fixed", fixedColor: colour });
const unlisted = property("custom.hideFrom", { legend: true, tooltip: false, viz: false });

/** A heading breaks into lines rather than being cut. */
const wrapped = property("custom.wrapHeaderText", true);

function drawn(line: Line): DynamicConfigValue[] {
  if (line === "value") return [fixed(colours.fine), property("custom.lineWidth", 2)];
  if (line === "limit")
    return [fixed(colours.bad), property("custom.lineStyle", { fill: "dash", dash: [10, 10] })];
  if (line === "baseline")
    return [fixed("text"), property("custom.lineStyle", { fill: "dot", dash: [0, 10] })];
  const edge = [fixed(colours.fine), property("custom.lineWidth", 0), unlisted];
  if (line === "bound") return edge;
  return [...edge, property("custom.fillBelowTo", line.band), property("custom.fillOpacity", 20)];
}

/** Lines over time with each line's last value in the legend: on the right, in narrow panels below, where it leaves the plot its width. */
export function timeSeries(
  frame: Frame & {
    unit: Unit;
    queries: readonly Query[];
    min?: number;
    max?: number;
    /** The axis goes up to this at least. */
    reach?: number;
    repeat?: string;
  },
): Builder<Panel> {
  const wide = frame.width >= 12;
  const panel = framed(new TimeSeries(), frame)
    .unit(frame.unit)
    .lineWidth(1)
    .showPoints(VisibilityMode.Auto)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(wide ? LegendDisplayMode.Table : LegendDisplayMode.List)
        .placement(wide ? LegendPlacement.Right : LegendPlacement.Bottom)
        .calcs(["lastNotNull"]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic));
  if (frame.min !== undefined) panel.min(frame.min);
  if (frame.max !== undefined) panel.max(frame.max);
  if (frame.reach !== undefined) panel.axisSoftMax(frame.reach);
  if (frame.repeat !== undefined) panel.repeat(frame.repeat).repeatDirection("h").maxPerRow(2);
  frame.queries.forEach((query, index) => {
    panel.withTarget(new DataqueryBuilder().expr(query.expr).legendFormat(query.legend).range());
    if (query.line) panel.overrideByQuery(String.fromCharCode(65 + index), drawn(query.line));
  });
  return panel;
}

/** One number of now. */
export function stat(
  frame: Frame & {
    unit: Unit;
    expr: string;
    mappings?: ValueMapping[];
    /** The colour of "more than none". */
    attention?: "warning" | "bad";
    legend?: string;
    /** Where a click leads: who looks further. */
    link?: { readonly title: string; readonly url: string };
  },
): Builder<Panel> {
  const panel = framed(new Stat(), frame)
    .unit(frame.unit)
    .graphMode(BigValueGraphMode.None)
    .colorMode(frame.mappings || frame.attention ? BigValueColorMode.BackgroundSolid : BigValueColorMode.None)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
    .withTarget(
      new DataqueryBuilder()
        .expr(frame.expr)
        .legendFormat(frame.legend ?? frame.title)
        .instant(),
    );
  if (frame.mappings) panel.mappings(frame.mappings).thresholds(plain(colours.unknown));
  if (frame.link) panel.dataLinks([new DashboardLinkBuilder(frame.link.title).url(frame.link.url)]);
  if (frame.attention) panel.thresholds(moreThanNone(frame.attention));
  return panel;
}

/** States over time, a bar a query. */
export function stateTimeline(
  frame: Frame & { queries: readonly Query[]; mappings: ValueMapping[] },
): Builder<Panel> {
  const panel = framed(new StateTimeline(), frame)
    .unit("none")
    .mappings(frame.mappings)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .mergeValues(true)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(false)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .calcs([]),
    );
  frame.queries.forEach((query, index) => {
    panel.withTarget(new DataqueryBuilder().expr(query.expr).legendFormat(query.legend).range());
    if (!query.mappings) return;
    panel.overrideByQuery(String.fromCharCode(65 + index), [property("mappings", query.mappings)]);
  });
  return panel;
}

export interface Column {
  readonly name: string;
  readonly expr: string;
  readonly unit: Unit;
  readonly decimals?: number;
  readonly mappings?: ValueMapping[];
  /** Words for some values, on no coloured ground. */
  readonly words?: ValueMapping[];
  /** Said in an empty cell. */
  readonly noValue?: string;
  /** In pixels; a share of what the others leave when left out. */
  readonly width?: number;
  /** Asked for its labels alone. */
  readonly hidden?: true;
}

/**
 * A table of instant queries: a row for each set of labels that the queries share, a column for each query, in the order
 * `labels` (label → heading), then `columns`. Labels that are not named are left out, but still tell rows apart.
 */
export function table(
  frame: Frame & {
    labels: Readonly<Record<string, string>>;
    columns: readonly Column[];
    sort: readonly { by: string; descending: boolean }[];
    links?: readonly { on: string; title: string; url: string }[];
    hide: readonly string[];
    /** Headings from the left; the others follow. */
    order?: readonly string[];
    /** Widths of columns that are labels, in pixels, by heading; 125 when left out. The other columns share what is left. */
    labelWidths?: Readonly<Record<string, number>>;
    /** Headings of labels that only tell rows apart or serve a link. */
    unseen?: readonly string[];
  },
): Builder<Panel> {
  const panel = framed(new Table(), frame).unit("none").minWidth(70);
  const rename: Record<string, string> = { ...frame.labels };
  const exclude: Record<string, boolean> = {
    Time: true,
    ...Object.fromEntries(frame.hide.map((label) => [label, true])),
  };
  const order = Object.keys(frame.labels);
  // Else an empty label would be answered by the panel's own sentence.
  for (const heading of order.map((label) => frame.labels[label] ?? label)) {
    const links = (frame.links ?? [])
      .filter(({ on }) => on === heading)
      .map(({ title, url }) => ({ title, url, targetBlank: false }));
    panel.overrideByName(heading, [
      property("noValue", "–"),
      property("custom.width", frame.labelWidths?.[heading] ?? 125),
      property("custom.filterable", true),
      wrapped,
      ...(links.length > 0 ? [property("links", links)] : []),
      ...(frame.unseen?.includes(heading) ? [property("custom.hideFrom", { viz: true })] : []),
    ]);
  }
  frame.columns.forEach((column, index) => {
    const refId = String.fromCharCode(65 + index);
    // With one query only, the column's name has no letter.
    const value = frame.columns.length === 1 ? "Value" : `Value #${refId}`;
    panel.withTarget(
      new DataqueryBuilder()
        .expr(column.expr)
        .format(PromQueryFormat.Table)
        .instant()
        .legendFormat(column.name),
    );
    if (column.hidden) {
      exclude[value] = true;
      return;
    }
    rename[value] = column.name;
    order.push(value);
    // Else the panel's own sentence would answer for an empty cell.
    const properties = [property("unit", column.unit), property("noValue", column.noValue ?? "–"), wrapped];
    if (column.decimals !== undefined) properties.push(property("decimals", column.decimals));
    if (column.width !== undefined) properties.push(property("custom.width", column.width));
    if (column.words) properties.push(property("mappings", column.words));
    if (column.mappings) {
      properties.push(property("mappings", column.mappings));
      // On a coloured ground Grafana chooses the text's colour by contrast, in both themes.
      properties.push(property("custom.cellOptions", { type: "color-background", mode: "basic" }));
      properties.push(property("thresholds", plain("transparent").build()));
      properties.push(property("color", { mode: "thresholds" }));
    }
    panel.overrideByName(column.name, properties);
  });
  const rank = (name: string) => {
    const position = frame.order?.indexOf(rename[name] ?? name) ?? -1;
    return position < 0 ? order.length : position;
  };
  order.sort((a, b) => rank(a) - rank(b));
  panel.withTransformation({ id: "merge", options: {} });
  panel.withTransformation({
    id: "organize",
    options: {
      excludeByName: exclude,
      indexByName: Object.fromEntries(order.map((name, index) => [name, index])),
      renameByName: rename,
    },
  });
  panel.sortBy(
    frame.sort.map(({ by, descending }) => ({ build: () => ({ displayName: by, desc: descending }) })),
  );
  return panel;
}
