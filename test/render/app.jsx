// Runs in the browser: draws one dashboard with Grafana's own components. `window.draw` is given by draw.mjs. State timelines, status
// histories and bar charts are not on npm (they are part of Grafana's server): their values, colours and texts are Grafana's, their
// shapes are drawn here.
import {
  applyFieldOverrides,
  cacheFieldDisplayNames,
  createTheme,
  dateTime,
  FieldType,
  getFieldDisplayValues,
  LoadingState,
  standardFieldConfigEditorRegistry,
  standardTransformers,
  standardTransformersRegistry,
  ThemeContext,
  toDataFrame,
  transformDataFrame,
} from "@grafana/data";
import { BigValue, GlobalStyles, PanelChrome, TimeSeries } from "@grafana/ui";
import { TableNG } from "@grafana/ui/unstable";
import { createRoot } from "react-dom/client";
import { firstValueFrom } from "rxjs";

const property = (id, path, isCustom) => ({
  id,
  path,
  isCustom,
  name: id,
  process: (value) => value,
  shouldApply: () => true,
  settings: {},
  editor: () => null,
  override: () => null,
  getItemsCount: () => 0,
});
const standard = "unit min max decimals thresholds mappings color links noValue displayName filterable";
const custom =
  "drawStyle align cellOptions lineWidth lineStyle fillOpacity fillBelowTo lineInterpolation showPoints spanNulls thresholdsStyle axisPlacement gradientMode stacking pointSize hideFrom scaleDistribution axisSoftMin axisSoftMax width minWidth filterable wrapHeaderText";
standardFieldConfigEditorRegistry.setInit(() => [
  ...standard.split(" ").map((id) => property(id, id)),
  ...custom.split(" ").map((id) => property(`custom.${id}`, id, true)),
]);
standardTransformersRegistry.setInit(() =>
  [
    standardTransformers.mergeTransformer,
    standardTransformers.organizeFieldsTransformer,
    standardTransformers.sortByTransformer,
    // organize is made of these.
    standardTransformers.orderFieldsTransformer,
    standardTransformers.filterFieldsByNameTransformer,
    standardTransformers.filterFieldsTransformer,
    standardTransformers.renameFieldsTransformer,
  ].map((transformation) => ({
    id: transformation.id,
    name: transformation.name,
    transformation: async () => transformation,
    editor: () => null,
  })),
);

const { dashboard, answers, mode, from, to } = window.draw;
const theme = createTheme({ colors: { mode } });
const range = { from: dateTime(from), to: dateTime(to), raw: { from: dateTime(from), to: dateTime(to) } };
const legendOf = (format, metric) =>
  format.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label) => metric[label] ?? "");

/** As Grafana's Prometheus data source gives them: a frame a series, or one frame with a field a label for tables. */
function framesOf(panel) {
  return panel.targets.flatMap((target) => {
    const result = answers[`${panel.id} ${target.refId}`] ?? [];
    if (target.format === "table") return result.length === 0 ? [] : [tableFrame(panel, target, result)];
    return result.map(({ metric, values, value }) => {
      const points = values ?? [value];
      const name = legendOf(target.legendFormat ?? "", metric);
      return toDataFrame({
        refId: target.refId,
        fields: [
          { name: "Time", type: FieldType.time, values: points.map(([time]) => time * 1000), config: {} },
          {
            name: "Value",
            type: FieldType.number,
            values: points.map(([, value]) => value),
            labels: metric,
            config: { displayNameFromDS: name },
          },
        ],
      });
    });
  });
}

function tableFrame(panel, { refId }, result) {
  const labels = [...new Set(result.flatMap(({ metric }) => Object.keys(metric)))].sort();
  const name = panel.targets.length === 1 ? "Value" : `Value #${refId}`;
  return toDataFrame({
    refId,
    fields: [
      { name: "Time", type: FieldType.time, values: result.map(({ value }) => value[0] * 1000), config: {} },
      ...labels.map((label) => ({
        name: label,
        type: FieldType.string,
        values: result.map(({ metric }) => metric[label] ?? ""),
        config: {},
      })),
      { name, type: FieldType.number, values: result.map(({ value }) => value[1]), config: {} },
    ],
  });
}

async function prepared(panel) {
  const raw = framesOf(panel);
  const frames = panel.transformations?.length
    ? await firstValueFrom(transformDataFrame(panel.transformations, raw))
    : raw;
  const shown = applyFieldOverrides({
    data: frames,
    fieldConfig: panel.fieldConfig,
    theme,
    replaceVariables: (text) => text,
    timeZone: "utc",
  });
  cacheFieldDisplayNames(shown);
  return shown;
}

const said = (panel, width, height) => (
  <div className="said" style={{ width, height, display: "grid", placeItems: "center", textAlign: "center" }}>
    {panel.fieldConfig.defaults.noValue}
  </div>
);

function Stat({ panel, frames, width, height }) {
  const values = getFieldDisplayValues({
    fieldConfig: panel.fieldConfig,
    reduceOptions: panel.options.reduceOptions,
    replaceVariables: (text) => text,
    theme,
    data: frames,
    timeZone: "utc",
  });
  return (
    <div style={{ display: "flex", height }}>
      {values.map(({ display }) => (
        <BigValue
          key={display.title}
          value={display}
          width={width / values.length}
          height={height}
          theme={theme}
          colorMode={panel.options.colorMode}
          graphMode="none"
          textMode="auto"
          justifyMode="auto"
        />
      ))}
    </div>
  );
}

/** A row a series, a cell a moment, coloured as Grafana would. */
function Cells({ frames, width, height }) {
  const rows = frames.map((frame) => ({
    name: frame.fields[1].config.displayNameFromDS,
    times: frame.fields[0].values,
    field: frame.fields[1],
  }));
  const left = Math.min(220, width / 3);
  const x = (time) => left + ((time - from) / (to - from)) * (width - left);
  const high = height / Math.max(1, rows.length);
  return (
    <svg width={width} height={height} aria-hidden="true">
      {rows.map(({ name, times, field }, row) => (
        <g key={name} transform={`translate(0 ${row * high})`}>
          <text x={0} y={high / 2 + 4} fill={theme.colors.text.primary} fontSize={12}>
            {name}
          </text>
          {times.map((time, index) => {
            const next = times[index + 1] ?? to;
            const { color, text } = field.display(field.values[index]);
            return (
              <rect
                key={time}
                x={x(time)}
                width={Math.max(1, x(next) - x(time))}
                y={2}
                height={Math.max(1, high - 4)}
                fill={color}
              >
                <title>{text}</title>
              </rect>
            );
          })}
        </g>
      ))}
    </svg>
  );
}

function Bars({ frames, width, height }) {
  const [names, ...sets] = frames[0].fields;
  const most = Math.max(...sets.flatMap(({ values }) => values.map((value) => value ?? 0)), Number.MIN_VALUE);
  const foot = 70;
  const each = width / names.values.length;
  return (
    <svg width={width} height={height} aria-hidden="true">
      {names.values.map((name, index) => (
        <g key={name} transform={`translate(${index * each} 0)`}>
          {sets.map((set, place) => {
            const tall = ((set.values[index] ?? 0) / most) * (height - foot);
            const wide = (each * 0.8) / sets.length;
            const fill = set.config.color?.fixedColor ?? set.display(set.values[index]).color;
            return (
              <rect
                key={set.name}
                x={place * wide}
                y={height - foot - tall}
                width={wide - 1}
                height={tall}
                fill={fill}
              />
            );
          })}
          <text
            transform={`translate(${each / 2} ${height - foot + 12}) rotate(30)`}
            fill={theme.colors.text.primary}
            fontSize={11}
          >
            {name}
          </text>
        </g>
      ))}
    </svg>
  );
}

const shapes = {
  stat: Stat,
  "state-timeline": Cells,
  "status-history": Cells,
  barchart: Bars,
  timeseries: ({ panel, frames, width, height }) => (
    <TimeSeries
      frames={frames}
      width={width}
      height={height}
      timeRange={range}
      timeZone="utc"
      legend={panel.options.legend}
      options={{}}
    />
  ),
  table: ({ panel, frames, width, height }) => (
    <TableNG
      data={frames[0]}
      width={width}
      height={height}
      fieldConfig={panel.fieldConfig}
      columnMinWidth={panel.fieldConfig.defaults.custom?.minWidth ?? 70}
      sortBy={panel.options.sortBy}
      timeRange={range}
      enableVirtualization={false}
      structureRev={1}
    />
  ),
};

function Panel({ panel, frames, width, height }) {
  const empty = frames.every((frame) => frame.length === 0);
  const Shape = shapes[panel.type];
  return (
    <PanelChrome
      title={panel.title}
      description={panel.description}
      width={width}
      height={height}
      loadingState={LoadingState.Done}
    >
      {(inner, tall) => {
        if (Shape === undefined) return <div className="unsupported">{panel.type}</div>;
        if (empty) return said(panel, inner, tall);
        return <Shape panel={panel} frames={frames} width={inner} height={tall} />;
      }}
    </PanelChrome>
  );
}

/** Grafana's grid: 24 columns, rows of 30 pixels with 8 between. */
const column = (window.innerWidth - 16) / 24;
const row = 38;

function Dashboard({ frames }) {
  return (
    <div style={{ position: "relative", background: theme.colors.background.canvas, minHeight: "100vh" }}>
      {dashboard.panels.map((panel) => {
        const { x, y, w, h } = panel.gridPos;
        const place = { position: "absolute", left: 8 + x * column, top: 8 + y * row, width: w * column - 8 };
        if (panel.type === "row") {
          return (
            <h2 key={panel.id} style={{ ...place, fontSize: 16, margin: 0, lineHeight: `${row}px` }}>
              {panel.title}
            </h2>
          );
        }
        return (
          <div key={panel.id} data-panel={panel.title} data-type={panel.type} style={place}>
            <Panel panel={panel} frames={frames.get(panel.id)} width={w * column - 8} height={h * row - 8} />
          </div>
        );
      })}
    </div>
  );
}

const frames = new Map();
for (const panel of dashboard.panels.filter(({ type }) => type !== "row")) {
  frames.set(panel.id, await prepared(panel));
}
createRoot(document.getElementById("root")).render(
  <ThemeContext.Provider value={theme}>
    <GlobalStyles />
    <Dashboard frames={frames} />
  </ThemeContext.Provider>,
);
