import { type Random, seededRandom } from "../../../src/statistics/random.ts";

/** The days that the world's models lived through; the last ones arrive while it is watched. */
export const days = 24;
const firstMs = Date.parse("2026-01-01T00:00:00Z");
const dayMs = 86_400_000;

type Cells = readonly (string | number)[];

/** One file of a model: its path in the world's folder, and its text. */
export interface WorldFile {
  readonly path: string;
  readonly text: string;
}

const csv = (columns: readonly string[], rows: readonly Cells[]) =>
  `${[columns, ...rows].map((cells) => cells.join(",")).join("\n")}\n`;
const moment = (day: number, share: number) => new Date(firstMs + (day + share) * dayMs).toISOString();
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const one = <T>(random: Random, ...of: readonly T[]): T => of[Math.floor(random.uniform() * of.length)] as T;

const creditColumns = ["id", "at", "model", "amount", "income", "purpose", "sex", "age", "p_default"];

/**
 * A scorer of credit applications, champion (version 1) and challenger (version 2). From day 14 on incomes fall by a standard deviation,
 * and what the model says of women grows too high.
 */
export function creditDay(day: number): { readonly predictions: WorldFile; readonly truth: WorldFile } {
  const random = seededRandom(100 + day);
  const later = day >= 14;
  const rows: Cells[] = [];
  const truths: Cells[] = [];
  for (let row = 0; row < 300; row++) {
    const id = `c${day}-${row}`;
    const income = 3000 + 800 * random.normal() - (later ? 800 : 0);
    const amount = Math.exp(8 + 0.6 * random.normal());
    const sex = one(random, "female", "male");
    const age = Math.round(20 + 50 * random.uniform());
    const purpose = one(random, "car", "house", "travel", later ? "crypto" : "car");
    const risk = 0.9 * Math.log(amount / 3000) - (income - 3000) / 900 + (age < 30 ? 0.4 : 0);
    const version = one(random, "1", "1", "2");
    const seen =
      risk + (later && sex === "female" ? 1.2 : 0) + (version === "1" ? 0.7 : 0.5) * random.normal();
    rows.push([
      id,
      moment(day, row / 300),
      version,
      amount.toFixed(2),
      random.uniform() < 0.01 ? "" : income.toFixed(0),
      purpose,
      sex,
      age,
      sigmoid(seen).toFixed(4),
    ]);
    if (random.uniform() < 0.95) truths.push([id, Number(random.uniform() < sigmoid(risk))]);
  }
  return {
    predictions: { path: `credit/${day}.csv`, text: csv(creditColumns, rows) },
    truth: { path: `credit-truth/${day}.csv`, text: csv(["id", "defaulted"], truths) },
  };
}

/** The champion on the ten days before, with the truth. */
export function creditReference(): WorldFile {
  const rows = Array.from({ length: 10 }, (_, day) => creditDay(-1 - day)).flatMap(
    ({ predictions, truth }) => {
      const labels = new Map(truth.text.split("\n").map((line) => line.split(",") as [string, string]));
      return predictions.text
        .split("\n")
        .slice(1)
        .map((line) => line.split(","))
        .filter((cells) => cells[2] === "1" && labels.has(cells[0] ?? ""))
        .map((cells) => [...cells, labels.get(cells[0] ?? "") ?? ""]);
    },
  );
  return { path: "credit-reference.csv", text: csv([...creditColumns, "defaulted"], rows) };
}

const classes = ["cat", "dog", "horse"] as const;

/** A classifier of three animals whose probabilities are too sure of themselves; from day 12 on it takes half of the horses for dogs. */
export function animalsDay(day: number, reference = false): WorldFile {
  const random = seededRandom(1000 + day);
  const rows = Array.from({ length: 200 }, (_, row): Cells => {
    const actual = one(random, ...classes);
    const confused = actual === "horse" && !reference && day >= 12 && random.uniform() < 0.5;
    const told = confused ? "dog" : random.uniform() < 0.9 ? actual : one(random, ...classes);
    const sure = 0.75 + 0.2 * random.uniform();
    const p = classes.map((name) => (name === told ? sure : (1 - sure) / 2).toFixed(4));
    const brightness = 0.5 + 0.1 * random.normal() + (confused ? 0.1 : 0);
    return [`a${day}-${row}`, moment(day, row / 200), brightness.toFixed(3), told, ...p, actual];
  });
  const columns = ["id", "at", "brightness", "told", "p_cat", "p_dog", "p_horse", "actual"];
  return { path: reference ? "animals-reference.csv" : `animals/${day}.csv`, text: csv(columns, rows) };
}

/** A model whose file has no rows yet. */
export const emptyFile: WorldFile = { path: "empty/0.csv", text: "id,at,x,y_hat,y\n" };
