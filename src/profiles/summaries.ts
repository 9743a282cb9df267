import { categorical } from "./categorical.ts";
import { classOutcome } from "./class-outcome.ts";
import { numeric } from "./numeric.ts";
import { regressionOutcome } from "./regression-outcome.ts";
import { scoreOutcome } from "./score-outcome.ts";

/** Every summary there is; the merge laws are tested for each. */
export const summaries = { numeric, categorical, regressionOutcome, classOutcome, scoreOutcome };
