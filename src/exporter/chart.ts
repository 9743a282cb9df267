import type { PastValue } from "../metrics/performance/history.ts";
import { figure } from "./facts.ts";
import { html } from "./html.ts";
import { moment } from "./wording.ts";

export interface ChartInput {
  readonly metric: string;
  /** Oldest first. */
  readonly values: readonly PastValue[];
  /** Targets: the value is to lie between them. */
  readonly least: number | undefined;
  readonly most: number | undefined;
}

/** Of the drawing's own units; it is as wide as there is room. */
const width = 320;
const height = 80;
const margin = { x: 6, y: 8 };

/** A metric's last windows against its target: a line for the values, dashed ones for the targets, all of it in words for who cannot see. */
export function chart({ metric, values, least, most }: ChartInput): string {
  const first = values[0];
  const last = values.at(-1);
  if (first === undefined || last === undefined || first === last) return "";
  const targets = [least, most].flatMap((target) => (target === undefined ? [] : [target]));
  const all = [...values.map(({ value }) => value), ...targets];
  const x = scale([first.endMs, last.endMs], [margin.x, width - margin.x]);
  const y = scale([Math.min(...all), Math.max(...all)], [height - margin.y, margin.y]);
  const line = values.map(({ endMs, value }) => `${place(x(endMs))},${place(y(value))}`).join(" ");
  const dashed = targets.map((target) => {
    const at = place(y(target));
    return `<line class="target" x1="0" x2="${width}" y1="${at}" y2="${at}"/>`;
  });
  const words = `${metric} of ${values.length} windows, ${moment(first.endMs)} to ${moment(last.endMs)}: from ${figure(metric, first.value)} to ${figure(metric, last.value)}${targetWords(metric, least, most)}.`;
  return `<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${html(words)}">${dashed.join("")}<polyline points="${line}"/><circle cx="${place(x(last.endMs))}" cy="${place(y(last.value))}" r="3"/></svg><figcaption class="quiet">${html(words)}</figcaption></figure>`;
}

function targetWords(metric: string, least: number | undefined, most: number | undefined): string {
  const parts = [
    least === undefined ? "" : `at least ${figure(metric, least)}`,
    most === undefined ? "" : `at most ${figure(metric, most)}`,
  ].filter(Boolean);
  return parts.length === 0 ? "" : `; target (dashed) ${parts.join(" and ")}`;
}

const place = (value: number) => String(Number(value.toFixed(1)));

/** Linear; a span of nothing lies in the middle. */
function scale([from, to]: readonly [number, number], [start, end]: readonly [number, number]) {
  return (value: number) =>
    to === from ? (start + end) / 2 : start + ((value - from) / (to - from)) * (end - start);
}
