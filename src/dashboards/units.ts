/** Units by Grafana's ids: the few that are used, so that a misspelt one does not compile. */
export const units = {
  /** Performance in the metric's own units, statistics of a feature. */
  none: "none",
  count: "short",
  ratio: "percentunit",
  seconds: "s",
  bytes: "bytes",
  /** From a timestamp in milliseconds. */
  ago: "dateTimeFromNow",
  date: "dateTimeAsIso",
  perSecond: "ops",
  rowsPerSecond: "rowsps",
  bytesPerSecond: "Bps",
  celsius: "celsius",
  watts: "watt",
} as const;

/** A unit's id in Grafana. */
export type Unit = (typeof units)[keyof typeof units];
