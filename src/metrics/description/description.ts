import { inPieces } from "../family.ts";
import { distribution } from "./distribution.ts";
import { moments } from "./moments.ts";
import { quantiles } from "./quantiles.ts";

/** What a feature looks like: mean and standard deviation, and quantiles and shares where `describe` asks for them. */
export const description = inPieces(function* (input) {
  yield moments(input);
  yield* quantiles(input);
  yield* distribution(input);
});
