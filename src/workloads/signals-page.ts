import { UserError } from "../errors.ts";

/** Which series of a page are wanted: a name and conditions on labels, as PromQL writes them. */
export interface Selector {
  readonly name: string;
  readonly matchers: readonly { readonly label: string; fits(value: string): boolean }[];
}

/** `name` or `name{label="value", other=~"a|b"}`, with `=`, `!=`, `=~` and `!~`; regular expressions fit as a whole. */
export function parseSelector(text: string): Selector {
  const [, name, braces] = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(?:\{(.*)\}\s*)?$/s.exec(text) ?? [];
  const fault = () =>
    new UserError(`metric ${JSON.stringify(text)}: not a series; expected name or name{label="value"}`);
  if (name === undefined) throw fault();
  const matchers: Selector["matchers"][number][] = [];
  const matcher = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*(,|$)/sy;
  while (braces !== undefined && matcher.lastIndex < braces.trimEnd().length) {
    const [, label, operator, quoted] = matcher.exec(braces) ?? [];
    if (label === undefined || operator === undefined || quoted === undefined) throw fault();
    matchers.push({ label, fits: condition(operator, unescaped(quoted), fault) });
  }
  return { name, matchers };
}

function condition(operator: string, wanted: string, fault: () => UserError): (value: string) => boolean {
  if (operator === "=") return (value) => value === wanted;
  if (operator === "!=") return (value) => value !== wanted;
  let pattern: RegExp;
  try {
    pattern = new RegExp(`^(?:${wanted})$`, "s");
  } catch {
    throw fault();
  }
  return operator === "=~" ? (value) => pattern.test(value) : (value) => !pattern.test(value);
}

/**
 * Sum of the series that fit on a page in Prometheus's text format (0.0.4) or OpenMetrics; undefined when none has a finite value.
 * Everything else on the page is passed over, faults included.
 */
export function sumOnPage(page: string, { name, matchers }: Selector): number | undefined {
  let sum: number | undefined;
  for (let at = page.indexOf(name); at >= 0; at = page.indexOf(name, at + name.length)) {
    if (at > 0 && page[at - 1] !== "\n") continue;
    const end = page.indexOf("\n", at);
    const sample = parseSample(page.slice(at + name.length, end < 0 ? undefined : end));
    if (sample && matchers.every(({ label, fits }) => fits(sample.labels.get(label) ?? "")))
      sum = (sum ?? 0) + sample.value;
  }
  return sum;
}

/** What follows the name on a line: `{label="value",} 12.5 [timestamp] [# exemplar]`. */
function parseSample(rest: string): { labels: ReadonlyMap<string, string>; value: number } | undefined {
  const labels = new Map<string, string>();
  let after = rest;
  if (/^\s*\{/.test(rest)) {
    const pair = /\s*[{,]\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"/sy;
    let end = 0;
    for (let found = pair.exec(rest); found; found = pair.exec(rest)) {
      labels.set(found[1] ?? "", unescaped(found[2] ?? ""));
      end = pair.lastIndex;
    }
    const [closing] = /^[\s,{]*\}/.exec(rest.slice(end)) ?? [];
    if (closing === undefined) return undefined;
    after = rest.slice(end + closing.length);
  } else if (!/^\s/.test(rest)) return undefined;
  const written = /^\s*(\S+)/.exec(after)?.[1];
  const value = Number(written);
  // +Inf, NaN and what is no number leave nothing to add.
  return written !== undefined && Number.isFinite(value) ? { labels, value } : undefined;
}

/** The format's escapes: `\\`, `\"` and `\n`. */
const unescaped = (text: string) =>
  text.replace(/\\(.)/gs, (_, letter: string) => (letter === "n" ? "\n" : letter));
