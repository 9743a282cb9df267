import type { Guess, Probabilities, Said } from "./guess.ts";
import { yamlList, yamlMap, yamlText } from "./yaml-text.ts";

/** Where the table lies and what the model shall be called. */
export interface Place {
  readonly name: string;
  /** As the configuration names it. */
  readonly path: string;
  /** Rows that were looked at, and whether these are all. */
  readonly rows: number;
  readonly all: boolean;
}

/** A line of the configuration and what is said of it. */
type Line = readonly [text: string, comment?: string];

/** Where comments stand. */
const column = 46;
const widest = 110;

/** A configuration for a table, every guess with its sureness and reason beside it. */
export function configText(guess: Guess, place: Place): string {
  const lines = [
    ...opening(place),
    ...head(guess, place),
    ...columns(guess),
    ...features(guess),
    ...groups(guess),
    ...sources(guess, place),
    ...windows(guess),
    ...targets(guess),
  ];
  return `${lines.map(written).join("\n")}\n`;
}

function written([text, comment]: Line): string {
  if (comment === undefined) return text;
  return text === "" ? `# ${oneLine(comment)}` : `${text.padEnd(column)} # ${oneLine(comment)}`;
}

/** Names in comments may hold what ends a line. */
const oneLine = (text: string) => text.replaceAll(/\p{Cc}/gu, " ");

const told = ({ sure, why }: Said<unknown>) => `${sure}: ${why}`;

const opening = ({ path, rows }: Place): Line[] => [
  [
    "",
    `Written by ml-exporter init after a look at ${rows} rows of ${path}. What is guessed says how surely and why: read it,`,
  ],
  ["", "mend what is wrong, then ask `ml-exporter check` what it finds. Paths are relative to this file."],
];

const head = ({ task, outcome }: Guess, { name }: Place): Line[] => [
  ["models:"],
  [`  - name: ${yamlText(name)}`, "the label `model` of every series"],
  [`    task: ${task.value}`, told(task)],
  ...(outcome.positive === undefined || !isMeasured(outcome)
    ? []
    : [[`    positive: ${JSON.stringify(outcome.positive.value)}`, told(outcome.positive)] as const]),
  ...(outcome.classes === undefined || !isMeasured(outcome)
    ? []
    : [[`    classes: ${yamlList(outcome.classes.value)}`, told(outcome.classes)] as const]),
];

/** Both what the model said and what was true are known. */
const isMeasured = ({ label, output }: Guess["outcome"]) => label !== undefined && output;

function columns({ id, time, version, outcome, task }: Guess): Line[] {
  const { prediction, label, labelTime, probabilities } = outcome;
  const entry = (key: string, said: Said<string> | undefined): Line[] =>
    said === undefined ? [] : [[`      ${key}: ${yamlText(said.value)}`, told(said)]];
  const known = [...entry("id", id), ...entry("timestamp", time), ...entry("version", version)];
  const outputs = [
    ...entry("prediction", prediction),
    ...probabilityLine(probabilities),
    ...entry("label", label),
    ...entry("label_time", labelTime),
  ];
  const measured = isMeasured(outcome);
  const missing = [
    ...(time === undefined
      ? ["no column of times is found, so the whole table is one window: name timestamp"]
      : []),
    ...(measured ? [] : [lacking(outcome, task.value)]),
  ].map((text): Line => [`      # ${text}`]);
  const all = [...known, ...(measured ? outputs : outputs.map(off)), ...missing];
  return all.every(([text]) => text.trimStart().startsWith("#"))
    ? [["    columns: {}"], ...all]
    : [["    columns:"], ...all];
}

/** The same, as a comment. */
const off = ([text, ...comment]: Line): Line => [text.replace("      ", "      # "), ...comment];

function lacking({ label, output }: Guess["outcome"], task: string): string {
  const answer = task === "binary" ? "prediction or probability" : "prediction";
  if (label === undefined && !output)
    return `neither ${answer} nor label is found: only drift and quality are measured until both are named`;
  if (label === undefined)
    return "no label is found: name label, or add labels: { type: files, path: … } with the truth by id; until then only drift and quality";
  return `no ${answer} is found: name it beside label; until then only drift and quality are measured`;
}

function probabilityLine(said: Said<Probabilities> | undefined): Line[] {
  if (said === undefined) return [];
  const { value } = said;
  if (value.kind === "column") return [[`      probability: ${yamlText(value.column)}`, told(said)]];
  const text = value.kind === "list" ? yamlText(value.column) : yamlMap(value.columns);
  return [[`      probabilities: ${text}`, told(said)]];
}

const mostShown = 12;

function features({ features: names, leftOut }: Guess): Line[] {
  const shown = leftOut.slice(0, mostShown).map(({ name, why }) => `${name} (${why})`);
  const more = leftOut.length > mostShown ? [`and ${leftOut.length - mostShown} more`] : [];
  const others = [...shown, ...more];
  const comments = wrapped(others, "    # not features: ", "    #   ", ", ", "");
  const lines = wrapped(names.map(yamlText), "    features: [", "      ", ", ", "]");
  return [
    ...(names.length === 0 ? [["    features: []", "no column can be one"] as Line] : lines),
    ...(others.length === 0 ? [] : comments),
  ];
}

/** Items on as many lines as they need. */
function wrapped(
  items: readonly string[],
  first: string,
  next: string,
  between: string,
  end: string,
): Line[] {
  const lines: string[] = [];
  let line = first;
  for (const [index, item] of items.entries()) {
    const text = `${oneLine(item)}${index + 1 < items.length ? between : end}`;
    if (line.length + text.length > widest && line.trim() !== first.trim() && line !== next) {
      lines.push(line.trimEnd());
      line = next;
    }
    line += text;
  }
  return [...lines, line].map((text): Line => [text]);
}

function groups({ groups: chosen, outcome }: Guess): Line[] {
  if (chosen.length === 0) {
    if (!isMeasured(outcome)) return [];
    return [["    # groups: [sex, { name: age, bins: [30, 50] }]", "to compare groups of people or things"]];
  }
  return [
    ["    groups:"],
    ...chosen.map(({ name, bins, why }): Line => {
      const text =
        bins === undefined ? yamlText(name) : `{ name: ${yamlText(name)}, bins: [${bins.join(", ")}] }`;
      return [`      - ${text}`, why];
    }),
  ];
}

function sources({ outcome }: Guess, { path }: Place): Line[] {
  const rows = `{ type: files, path: ${JSON.stringify(path.replaceAll("$", "$$$$"))} }`;
  const why = isMeasured(outcome)
    ? "rows with labels that the model was not trained on (validation)"
    : "rows of a time when all was well";
  return [
    ["    # What normal is. The file itself stands here, so that nothing can drift: give another file,"],
    [`    # best ${why}.`],
    [`    reference: ${rows}`],
    [`    predictions: ${rows}`, "may be a pattern such as scored/**/*.parquet"],
  ];
}

function windows({ windows: chosen, time }: Guess): Line[] {
  if (time === undefined || chosen === undefined) return [];
  const { lengths, why, latest, leastMs, greatestMs } = chosen;
  const span = `rows from ${day(leastMs)} to ${day(greatestMs)}`;
  return [
    lengths === undefined
      ? ["    # windows: [24h, 7d]", `the default; ${why}`]
      : [`    windows: [${lengths.join(", ")}]`, `${why}; ${span}`],
    ...(latest
      ? [["    window_end: latest", `${span}: windows end at the newest row, not now`] as const]
      : []),
  ];
}

const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);

const examples = {
  regression: "{ metric: mean_absolute_error, tolerance: 20% }",
  binary: "{ metric: recall, target: 0.8 }",
  multiclass: "{ metric: f1_macro, tolerance: 5% }",
} as const;

const targets = ({ task, outcome }: Guess): Line[] =>
  isMeasured(outcome)
    ? [
        ["    # performance:", "left out: one metric has a target learned from the reference"],
        [`    #   - ${examples[task.value]}`],
      ]
    : [];
