import type { Sample } from "../catalogue.ts";
import { createExposition } from "./exposition.ts";

/** Evaluations of many moments as one text for `promtool tsdb create-blocks-from openmetrics`. */
export interface Backfill {
  /** Takes what was measured as of a moment (epoch ms); moments ascend. */
  add(samples: readonly Sample[], ms: number): Promise<void>;
  /**
   * OpenMetrics in pieces: the points of a series together and in time order, the series of a family together, `# EOF` at the end. A
   * series that ends simply ends.
   */
  pieces(): Iterable<string>;
}

interface Family {
  readonly header: string;
  /** Name with labels → its points, time and value alternating. */
  readonly series: Map<string, number[]>;
}

/** An empty back-fill; every series gets the labels that a scrape would have added. */
export function createBackfill(labels: Readonly<Record<string, string>>): Backfill {
  const families = new Map<string, Family>();
  const added = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);

  function take(family: Family, line: string, seconds: number): void {
    const end = line.lastIndexOf(" ");
    const name = line.slice(0, end);
    const points = family.series.get(name) ?? [];
    if (points.length === 0) family.series.set(name, points);
    points.push(seconds, numberOf(line.slice(end + 1)));
  }

  return {
    async add(samples, ms) {
      const exposition = createExposition();
      await exposition.publish("", samples);
      const page = (await exposition.render("openmetrics")).toString();
      let header: string[] = [];
      let family: Family | undefined;
      for (const line of page.split("\n")) {
        if (line === "" || line === "# EOF") continue;
        if (line.startsWith("# ")) {
          if (family !== undefined) header = [];
          family = undefined;
          header.push(line);
          continue;
        }
        family ??= familyOf(families, header.join("\n"));
        take(family, line, ms / 1000);
      }
    },
    *pieces() {
      for (const { header, series } of families.values()) {
        yield `${header}\n`;
        for (const [name, points] of series) yield lines(withLabels(name, added), points);
      }
      yield "# EOF\n";
    },
  };
}

function familyOf(families: Map<string, Family>, header: string): Family {
  const known = families.get(header) ?? { header, series: new Map<string, number[]>() };
  families.set(header, known);
  return known;
}

function withLabels(series: string, added: readonly string[]): string {
  if (added.length === 0) return series;
  const brace = series.indexOf("{");
  if (brace < 0) return `${series}{${added.join(",")}}`;
  return `${series.slice(0, brace + 1)}${added.join(",")},${series.slice(brace + 1)}`;
}

function lines(series: string, points: readonly number[]): string {
  let text = "";
  for (let at = 0; at < points.length; at += 2)
    text += `${series} ${textOf(points[at + 1] ?? Number.NaN)} ${points[at]}\n`;
  return text;
}

const infinite = { "+Inf": Number.POSITIVE_INFINITY, "-Inf": Number.NEGATIVE_INFINITY } as const;

const numberOf = (text: string): number =>
  text === "+Inf" || text === "-Inf" ? infinite[text] : Number(text);

function textOf(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? "+Inf" : "-Inf";
}

const escaped = (value: string) =>
  value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
