import { setImmediate } from "node:timers/promises";
import { Gauge, Registry } from "prom-client";
import { type Family, type FamilyName, families, type Sample } from "../catalogue.ts";

export type Format = "text" | "openmetrics";

/** The Content-Type of each format; Prometheus 3 refuses a scrape without one of these. */
export const contentTypes: Readonly<Record<Format, string>> = {
  text: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/** What /metrics serves: sample lines kept per key (a model, "host") and joined when asked for. */
export interface Exposition {
  /** Renders the key's samples, giving the event loop way, and then replaces all its former ones at once. Throws on our own bugs, changing nothing. */
  publish(key: string, samples: readonly Sample[]): Promise<void>;
  withdraw(key: string): void;
  /** The whole page as UTF-8; `extra` are samples of this moment that nobody published. */
  render(format: Format, extra?: readonly Sample[]): Promise<Buffer>;
}

type Lines = ReadonlyMap<FamilyName, Buffer>;

/** Samples rendered without a break: 1 to 2 ms at 5 µs a line, ten times as long before the code is warm. */
const chunkSize = 250;
const names = Object.keys(families) as FamilyName[];
const headers: Readonly<Record<Format, ReadonlyMap<FamilyName, Buffer>>> = {
  text: new Map(names.map((name) => [name, header("text", name)])),
  openmetrics: new Map(names.map((name) => [name, header("openmetrics", name)])),
};

export function createExposition(): Exposition {
  const published = new Map<string, Lines>();
  // What was asked for last of each key: a publishing that was overtaken, or withdrawn, while it rendered must not come back.
  const latest = new Map<string, symbol>();
  return {
    async publish(key, samples) {
      const turn = Symbol(key);
      latest.set(key, turn);
      const lines = await renderLines(samples);
      if (latest.get(key) === turn) published.set(key, lines);
    },
    withdraw(key) {
      latest.delete(key);
      published.delete(key);
    },
    async render(format, extra = []) {
      const last = await renderLines(extra);
      const page: Buffer[] = [];
      for (const name of names) {
        const start = page.length;
        for (const lines of [...published.values(), last]) {
          const block = lines.get(name);
          if (block) page.push(block);
        }
        if (page.length > start) page.splice(start, 0, headers[format].get(name) as Buffer);
      }
      if (format === "openmetrics") page.push(Buffer.from("# EOF\n"));
      return Buffer.concat(page);
    },
  };
}

/** OpenMetrics names a counter without `_total` and escapes quotes in HELP; the samples are the same in both. */
function header(format: Format, name: FamilyName): Buffer {
  const { help, type }: Family = families[name];
  const open = format === "openmetrics";
  const family = open && type === "counter" ? name.replace(/_total$/, "") : name;
  let text = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  if (open) text = text.replaceAll('"', '\\"');
  return Buffer.from(`# HELP ${family} ${text}\n# TYPE ${family} ${type}\n`);
}

async function renderLines(samples: readonly Sample[]): Promise<Lines> {
  const byName = new Map<FamilyName, Sample[]>();
  for (const sample of samples) {
    const list = byName.get(sample.name);
    if (list) list.push(sample);
    else byName.set(sample.name, [sample]);
  }
  const lines = new Map<FamilyName, Buffer>();
  let sinceBreak = 0;
  for (const [name, list] of byName) {
    const seen = new Set<string>();
    const blocks: string[] = [];
    for (let start = 0; start < list.length; start += chunkSize) {
      const chunk = list.slice(start, start + chunkSize);
      sinceBreak += chunk.length;
      if (sinceBreak > chunkSize) {
        await setImmediate();
        sinceBreak = chunk.length;
      }
      blocks.push(await renderChunk(name, chunk, seen));
    }
    lines.set(name, Buffer.from(blocks.join("")));
  }
  return lines;
}

/**
 * prom-client keeps what it was ever told, prints 0 for a gauge without labels that nobody set, and renames counters once it has
 * rendered OpenMetrics. So: a registry for this chunk alone, always in the text format, always a gauge (a line does not tell its
 * type), and its HELP and TYPE lines cut off.
 */
async function renderChunk(name: FamilyName, chunk: readonly Sample[], seen: Set<string>): Promise<string> {
  const { labels }: Family = families[name] ?? unknownFamily(name);
  const registry = new Registry();
  const gauge = new Gauge({ name, help: name, labelNames: [...labels], registers: [registry] });
  for (const sample of chunk) {
    const values = checkedLabels(sample, labels);
    const identity = Object.values(values).join(",");
    if (seen.has(identity)) throw new Error(`two samples of ${describe(sample)}`);
    seen.add(identity);
    gauge.set(values, sample.value);
  }
  const text = await registry.metrics();
  const afterHeader = text.indexOf("\n", text.indexOf("\n") + 1) + 1;
  return text.slice(afterHeader).replaceAll(comma, ",");
}

/**
 * prom-client takes two series for one when their labels joined as `name:value,name:value,` are the same text, as with a value
 * `x,b:y`. Without a comma in any value that text is unambiguous, so NUL, which no visible value holds, stands in for it until the
 * lines are rendered.
 */
const comma = "\0";

function checkedLabels(sample: Sample, labels: readonly string[]): Record<string, string> {
  if (Number.isNaN(sample.value))
    throw new Error(`${describe(sample)} is NaN; what was not measured is absent`);
  if (Object.keys(sample.labels).length !== labels.length) {
    throw new Error(`${describe(sample)} must have the labels ${labels.join(", ") || "(none)"}`);
  }
  const values: Record<string, string> = {};
  for (const label of labels) {
    const value: unknown = Object.hasOwn(sample.labels, label) ? sample.labels[label] : undefined;
    if (typeof value !== "string") throw new Error(`${describe(sample)} lacks a text for the label ${label}`);
    values[label] = visible(value).replaceAll(",", comma);
  }
  return values;
}

const unprintable = /[\0\r␀␍␛]|\p{Surrogate}/u;

/**
 * NUL, carriage return and half a surrogate pair are no text that every reader of the format takes: they become the visible ␀, ␍
 * and ␛D800. These signs themselves get a ␛ in front, so that different values stay different.
 */
function visible(value: string): string {
  if (!unprintable.test(value)) return value;
  return value.replace(/[\0\r␀␍␛]|\p{Surrogate}/gu, (sign) => {
    if (sign === "\0") return "␀";
    if (sign === "\r") return "␍";
    if ("␀␍␛".includes(sign)) return `␛${sign}`;
    return `␛${sign.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}

function unknownFamily(name: string): never {
  throw new Error(`${name} is not in the catalogue`);
}

const describe = (sample: Sample) => `${sample.name}${JSON.stringify(sample.labels)}`;
