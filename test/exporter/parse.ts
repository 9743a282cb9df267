import { type FamilyName, families, type Sample } from "../../src/catalogue.ts";

/**
 * A strict reader of both exposition formats: headers once and before their samples, families together, one final newline (and
 * `# EOF`), no timestamps. Throws at the first line that is not so.
 */
export function parse(text: string, format: "text" | "openmetrics"): Sample[] {
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new Error("no newline at the end");
  if (format === "openmetrics" && lines.pop() !== "# EOF") throw new Error("no # EOF at the end");
  const seen = new Set<string>();
  const samples: Sample[] = [];
  let help: string | undefined;
  let current: { family: string; type: string } | undefined;
  for (const line of lines) {
    const header = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line);
    if (header) {
      const [, kind, family = "", rest = ""] = header;
      if (kind === "HELP") {
        if (seen.has(family)) throw new Error(`${family} comes twice`);
        seen.add(family);
        help = family;
        continue;
      }
      if (help !== family) throw new Error(`TYPE without HELP: ${line}`);
      current = { family, type: rest };
      continue;
    }
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{((?:\w+="(?:[^"\\\n]|\\["\\n])*"(?:,|(?=\})))*)\})? (\S+)$/.exec(
      line,
    );
    if (!sample || !current) throw new Error(`not a sample: ${line.slice(0, 200)}`);
    const name = sample[1] as FamilyName;
    const suffix = format === "openmetrics" && current.type === "counter" ? "_total" : "";
    if (name !== `${current.family}${suffix}`) throw new Error(`${name} stands under ${current.family}`);
    if (current.type !== families[name].type) throw new Error(`${name} is no ${current.type}`);
    const labels: [string, string][] = [];
    for (const [, label = "", value = ""] of (sample[2] ?? "").matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      labels.push([label, value.replace(/\\(.)/g, (_, sign) => (sign === "n" ? "\n" : sign))]);
    }
    samples.push({ name, labels: Object.fromEntries(labels), value: number(sample[3] ?? "") });
  }
  return samples;
}

function number(text: string): number {
  if (/^[+-]Inf$/.test(text))
    return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const value = Number(text);
  if (Number.isNaN(value)) throw new Error(`not a number: ${text}`);
  return value;
}
