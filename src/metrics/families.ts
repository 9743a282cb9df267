import { classes } from "./classes/classes.ts";
import { description } from "./description/description.ts";
import { drift } from "./drift/drift.ts";
import { fairness } from "./fairness/fairness.ts";
import type { Measure } from "./family.ts";
import { forecast } from "./forecast/forecast.ts";
import { performance } from "./performance/performance.ts";
import { quality } from "./quality/quality.ts";

/** Every family of metrics that a model and window is measured by. */
export const measures = {
  performance,
  forecast,
  classes,
  fairness,
  drift,
  quality,
  description,
} as const satisfies Record<string, Measure>;
