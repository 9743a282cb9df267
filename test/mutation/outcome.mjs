/** The mutants of one Stryker report, each with the place by which it is found again. */
export function mutantsOf(report) {
  return Object.entries(report.files).flatMap(([file, { source, mutants }]) =>
    mutants.map(({ mutatorName, replacement = "", status, location: { start, end } }) => {
      // Stryker counts columns from 1 in what it reports and from 0 in what it is asked.
      const place = `${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`;
      const original = between(source, start, end);
      return { file, place, line: start.line, mutator: mutatorName, original, replacement, status };
    }),
  );
}

function between(source, start, end) {
  const lines = source.split("\n").slice(start.line - 1, end.line);
  lines[lines.length - 1] = lines[lines.length - 1].slice(0, end.column - 1);
  lines[0] = lines[0].slice(start.column - 1);
  return lines.join("\n");
}

const identity = ({ file, place, mutator, replacement }) => [file, place, mutator, replacement].join(" ");

/** What is known after both runs: the later one judges those that it ran anew, except that what died has died. */
export function merged(first, second) {
  const later = new Map(second.map((mutant) => [identity(mutant), mutant]));
  return first.map((mutant) => (died(mutant) ? mutant : (later.get(identity(mutant)) ?? mutant)));
}

const died = ({ status }) => status === "Killed";

/** What no test noticed. */
export const survivorsOf = (mutants) =>
  mutants.filter(({ status }) => status === "Survived" || status === "NoCoverage");

function summary(name, mutants) {
  const of = (wanted) => mutants.filter(({ status }) => status === wanted).length;
  const [killed, timeout, survived, uncovered] = ["Killed", "Timeout", "Survived", "NoCoverage"].map(of);
  const judged = killed + timeout + survived + uncovered;
  const score = judged === 0 ? 100 : (100 * (killed + timeout)) / judged;
  // The rest: HELP texts, what is computed when a file is loaded, what does not compile.
  return { name, judged, killed, timeout, survived, uncovered, left: mutants.length - judged, score };
}

/** One line a file, one a folder, and one of all. */
export function summaries(mutants) {
  const folderOf = (file) => file.slice(0, file.lastIndexOf("/"));
  const by = (key) =>
    [...new Set(mutants.map(({ file }) => key(file)))]
      .sort()
      .map((name) => [name, mutants.filter(({ file }) => key(file) === name)]);
  return {
    files: by((file) => file).map(([name, own]) => summary(name, own)),
    folders: by(folderOf).map(([name, own]) => summary(name, own)),
    all: summary("all", mutants),
  };
}

/** A table in Markdown. */
export function tableOf(rows) {
  const cells = rows.map(({ name, judged, killed, timeout, survived, uncovered, left, score }) =>
    [name, judged, killed, timeout, survived, uncovered, left, `${score.toFixed(1)} %`].join(" | "),
  );
  const head = "| | mutants | killed | no end | survived | not run | not judged | died |";
  return [head, "|---|---|---|---|---|---|---|---|", ...cells.map((row) => `| ${row} |`)].join("\n");
}

/** The survivors as Markdown, file by file. */
export function listOf(survivors) {
  const code = (text) => `\`${text.replace(/\s+/g, " ").slice(0, 120)}\``;
  const line = (mutant) =>
    `- ${mutant.file}:${mutant.place} ${mutant.mutator}${mutant.status === "NoCoverage" ? " (not run)" : ""}: ${code(mutant.original)} → ${code(mutant.replacement)}`;
  return survivors.map(line).join("\n");
}
