import type { Section } from "./frame.ts";
import * as mappings from "./mappings.ts";
import { anyVersion, model, versions } from "./ml-model-scope.ts";
import { table } from "./panels.ts";
import { units } from "./units.ts";

const { greatest } = model;
const every = versions.greatest;
const metric = { metric: '=~"$metric"' };
const values = every("ml_performance", { extra: metric });
/** Of the version whose findings may alert, in whichever window is looked at. */
const active = `max without (version) (${values} and ignoring (window, metric) ${anyVersion.greatest("ml_window_alerting", { drop: ["window"] })} == 1)`;

/** Where performance goes, and how the versions compare. */
export const versionSection: Section = {
  title: "Where does it go, and is another version better?",
  panels: [
    table({
      title: "If the trend goes on",
      description:
        "Where each metric will be at the forecast's horizon if the trend of its last windows goes on, with one-sided 97.5 % bounds. Only a bound beyond the target is a finding.",
      width: 11,
      height: 8,
      noValue: "No forecast: it needs 14 windows with labels.",
      labels: { metric: "Metric" },
      labelWidths: { Metric: 200 },
      hide: ["model", "version", "window", "job"],
      // biome-ignore format: a table
      columns: [
        { name: "Forecast", expr: greatest("ml_performance_forecast", { extra: metric }), unit: units.none, decimals: 3 },
        { name: "From", expr: greatest("ml_performance_forecast_ci_lower", { extra: metric }), unit: units.none, decimals: 3, noValue: "–" },
        { name: "To", expr: greatest("ml_performance_forecast_ci_upper", { extra: metric }), unit: units.none, decimals: 3, noValue: "–" },
        { name: "At least", expr: `${greatest("ml_performance_target_lower", { extra: metric })} and ${greatest("ml_performance_forecast", { extra: metric })}`, unit: units.none, decimals: 3, noValue: "–" },
        { name: "At most", expr: `${greatest("ml_performance_target_upper", { extra: metric })} and ${greatest("ml_performance_forecast", { extra: metric })}`, unit: units.none, decimals: 3, noValue: "–" },
      ],
      sort: [{ by: "Metric", descending: false }],
    }),
    table({
      title: "Versions side by side",
      description:
        "Champion and challengers over the same window. Beside the active: the value less that of the version whose findings may alert; which sign is better depends on the metric. What to do: where only the active version misses, go back to the other.",
      width: 13,
      height: 8,
      noValue: "No performance is measured.",
      labels: { metric: "Metric", version: "Version" },
      labelWidths: { Metric: 190, Version: 78 },
      hide: ["model", "window", "job"],
      // biome-ignore format: a table
      columns: [
        { name: "Target is", expr: every("ml_performance_missed", { extra: metric }), unit: units.none, mappings: mappings.missed, noValue: "not set" },
        { name: "Value", expr: values, unit: units.none, decimals: 3 },
        { name: "95 % from", expr: every("ml_performance_ci_lower", { extra: metric }), unit: units.none, decimals: 3, noValue: "–" },
        { name: "95 % to", expr: every("ml_performance_ci_upper", { extra: metric }), unit: units.none, decimals: 3, noValue: "–" },
        { name: "Beside the active", expr: `${values} - ignoring (version) group_left () ${active}`, unit: units.none, decimals: 3, noValue: "–" },
      ],
      sort: [
        { by: "Metric", descending: false },
        { by: "Version", descending: false },
      ],
    }),
  ],
};
