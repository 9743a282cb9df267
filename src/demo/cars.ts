import { UserError } from "../errors.ts";

/** What the model predicts from, in this order. */
export const features = ["cylinders", "displacement", "horsepower", "weight", "acceleration"] as const;
type Feature = (typeof features)[number];

/** One car of the Auto-MPG data; undefined where the source has no value. Cubic inches, pounds, seconds from 0 to 60 miles an hour. */
export interface Car extends Readonly<Record<Feature, number | undefined>> {
  readonly id: string;
  readonly year: number;
  /** USA, Europe or Japan. */
  readonly origin: string;
  /** Miles per gallon as measured: the truth. */
  readonly mpg: number | undefined;
}

/** A row of cars.json as vega-datasets writes it. */
interface Row {
  readonly Miles_per_Gallon: number | null;
  readonly Cylinders: number;
  readonly Displacement: number;
  readonly Horsepower: number | null;
  readonly Weight_in_lbs: number;
  readonly Acceleration: number;
  /** First of January of the model year, such as 1970-01-01. */
  readonly Year: string;
  readonly Origin: string;
}

/** Cars in the file's order, each with an id that says its year and its place in it. */
export function readCars(text: string): Car[] {
  const counts = new Map<number, number>();
  const rows: readonly Row[] = JSON.parse(text);
  if (rows.length === 0) throw new UserError("cars.json holds no cars");
  return rows.map((row) => {
    const year = Number(row.Year.slice(0, 4));
    const place = (counts.get(year) ?? 0) + 1;
    counts.set(year, place);
    return {
      id: `${year}-${String(place).padStart(2, "0")}`,
      year,
      origin: row.Origin,
      mpg: row.Miles_per_Gallon ?? undefined,
      cylinders: row.Cylinders,
      displacement: row.Displacement,
      horsepower: row.Horsepower ?? undefined,
      weight: row.Weight_in_lbs,
      acceleration: row.Acceleration,
    };
  });
}
