import { type FamilyName, families } from "../catalogue.ts";

/** Label → operator and quoted value, as PromQL writes it: `{ model: '="$model"' }`. */
export type Matchers = Readonly<Record<string, string>>;

/** What tells the exporters of one pair apart; queries take the greatest over them, so that a pair is drawn once. */
export const replicas = ["instance", "pod", "container", "endpoint", "node"] as const;

/** Series that one dashboard asks for: every selector carries the dashboard's variables as far as the family has such labels. */
export interface Scope {
  /** `family{…}`; `extra` must name labels of the family. */
  select(family: FamilyName, extra?: Matchers, suffix?: string): string;
  /** One series for a pair of exporters: the greatest, without the labels that tell them apart and without `drop`. */
  greatest(family: FamilyName, options?: { extra?: Matchers; drop?: readonly string[] }): string;
  /** The same, of the window and version whose findings may alert. */
  alerting(family: FamilyName, options?: { extra?: Matchers; drop?: readonly string[] }): string;
  /** Firing alerts. They keep `instance` only where one exporter is meant, so it may be absent; so may `model`. */
  alerts(extra?: Matchers): string;
  /** When each of those, and each that is pending yet, came to be so, in seconds. */
  pending(): string;
  /** The recorded retrain signal of prometheus/rules/model.yml: 1, 0, absent when unknown. */
  retrain(): string;
}

const braces = (matchers: Matchers) =>
  `{${Object.entries(matchers)
    .map(([label, matcher]) => label + matcher)
    .join(", ")}}`;

/** `max without (…) (expression)`. */
export const without = (labels: readonly string[], expression: string) =>
  `max without (${labels.join(", ")}) (${expression})`;

/** Series of either family, where none has the labels of another. */
export const either = (...expressions: readonly string[]) => expressions.join(" or ");

/** A scope whose selectors carry `scrape` (job, instance) always and `fixed` where the family has the label. */
export function scope(scrape: Matchers, fixed: Matchers): Scope {
  const select: Scope["select"] = (family, extra = {}, suffix = "") => {
    const { labels } = families[family];
    const unknown = Object.keys(extra).filter((label) => !labels.includes(label));
    if (unknown.length > 0) throw new Error(`${family} has no label ${unknown.join(", ")}`);
    const known = Object.entries(fixed).filter(([label]) => labels.includes(label));
    return family + braces({ ...scrape, ...Object.fromEntries(known), ...extra }) + suffix;
  };
  const ofAlerts: Matchers = {
    ...scrape,
    instance: '=~"$instance|"',
    alertname: '=~"Ml.+"',
    ...(fixed.model === undefined ? {} : { model: '=~"$model|"' }),
  };
  return {
    select,
    greatest: (family, { extra, drop = [] } = {}) => without([...replicas, ...drop], select(family, extra)),
    alerting: (family, { extra, drop = [] } = {}) =>
      without(
        [...replicas, ...drop],
        `${select(family, extra)} and on (job, instance, model, version, window) ${select("ml_window_alerting")} == 1`,
      ),
    alerts: (extra = {}) => `ALERTS${braces({ ...ofAlerts, alertstate: '="firing"', ...extra })}`,
    pending: () => `ALERTS_FOR_STATE${braces(ofAlerts)}`,
    retrain: () =>
      without(
        ["team", "tier"],
        `model:ml_retrain_recommended:bool${braces({ job: scrape.job ?? "", ...(fixed.model === undefined ? {} : { model: fixed.model }) })}`,
      ),
  };
}
