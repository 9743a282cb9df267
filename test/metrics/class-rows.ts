/** Outcomes of classifiers made from rows, the slow and obvious way. */
import type { CalibrationSums, ClassOutcome, Profile, ScoreOutcome } from "../../src/profiles/profile.ts";
import { exactScores } from "../profiles/score-table.ts";
import { profileOf } from "./rows.ts";

export interface ClassRow {
  readonly label: string;
  readonly prediction: string;
  /** Of a binary task that of the positive class, `1`; else one a class. */
  readonly probability?: number | Readonly<Record<string, number>>;
  readonly group?: string;
}

const total = (values: readonly number[]): number => values.reduce((left, right) => left + right, 0);

const clip = (p: number) => Math.min(1 - 2 ** -52, Math.max(2 ** -52, p));

function scoresOf(rows: readonly { readonly score: number; readonly positive: boolean }[]): ScoreOutcome {
  const counts: Record<string, [number, number]> = {};
  for (const { score, positive } of rows) {
    const pair = counts[String(score)] ?? [0, 0];
    pair[positive ? 0 : 1] += 1;
    counts[String(score)] = pair;
  }
  const positives = rows.filter(({ positive }) => positive).length;
  return { positives, negatives: rows.length - positives, scores: exactScores(counts) };
}

function calibrationOf(rows: readonly { readonly p: number; readonly cameTrue: boolean }[]): CalibrationSums {
  const bins = Array.from({ length: 10 }, (_, bin) =>
    rows.filter(({ p }) => Math.min(9, Math.max(0, Math.ceil(p * 10) - 1)) === bin),
  );
  return {
    n: bins.map((own) => own.length),
    predicted: bins.map((own) => total(own.map(({ p }) => p))),
    observed: bins.map((own) => own.filter(({ cameTrue }) => cameTrue).length),
  };
}

const sums = (losses: readonly number[]) => ({
  sum: total(losses),
  squares: total(losses.map((loss) => loss * loss)),
});

/** `positive` of a binary task is "1"; null of several classes. */
export function classOutcomeOf(rows: readonly ClassRow[], positive: string | null = "1"): ClassOutcome {
  const confusion: Record<string, Record<string, number>> = {};
  for (const { label, prediction } of rows) {
    const row = confusion[label] ?? {};
    row[prediction] = (row[prediction] ?? 0) + 1;
    confusion[label] = row;
  }
  const counted = { kind: "classes", positive, n: rows.length, confusion } as const;
  const scored = rows.filter((row) => row.probability !== undefined);
  if (positive !== null) {
    const binary = scored.map(({ label, probability }) => ({
      p: Number(probability),
      cameTrue: label === positive,
    }));
    return {
      ...counted,
      scored: scored.length,
      scores:
        scored.length === 0
          ? {}
          : { [positive]: scoresOf(binary.map(({ p, cameTrue }) => ({ score: p, positive: cameTrue }))) },
      logLoss: sums(binary.map(({ p, cameTrue }) => -Math.log(cameTrue ? clip(p) : clip(1 - p)))),
      brier: sums(binary.map(({ p, cameTrue }) => (p - Number(cameTrue)) ** 2)),
      calibration: calibrationOf(binary),
    };
  }
  const several = scored.map(({ label, probability }) => ({
    label,
    p: probability as Readonly<Record<string, number>>,
  }));
  const classes = [...new Set(several.flatMap(({ p }) => Object.keys(p)))];
  return {
    ...counted,
    scored: scored.length,
    scores: Object.fromEntries(
      classes.map((name) => [
        name,
        scoresOf(several.map(({ label, p }) => ({ score: p[name] ?? 0, positive: label === name }))),
      ]),
    ),
    logLoss: sums(several.map(({ label, p }) => -Math.log(clip(p[label] ?? 0)))),
    brier: sums(
      several.map(({ label, p }) =>
        total(classes.map((name) => ((p[name] ?? 0) - Number(name === label)) ** 2)),
      ),
    ),
    calibration: calibrationOf(
      several.map(({ label, p }) => {
        const top = classes.reduce((best, name) => ((p[name] ?? 0) > (p[best] ?? 0) ? name : best));
        return { p: p[top] ?? 0, cameTrue: top === label };
      }),
    ),
  };
}

/** A profile of labelled rows, sliced by the attribute `origin`. */
export function classProfileOf(rows: readonly ClassRow[], positive: string | null = "1"): Profile {
  const names = [...new Set(rows.flatMap((row) => row.group ?? []))];
  const origin = names.map((name) => {
    const own = rows.filter((row) => row.group === name);
    return [name, { rows: own.length, outcome: classOutcomeOf(own, positive) }] as const;
  });
  return {
    ...profileOf([]),
    rows: rows.length,
    labels: rows.length,
    outcome: classOutcomeOf(rows, positive),
    groups: { origin: Object.fromEntries(origin) },
  };
}
