import type { Dialect } from "../engines/engine.ts";
import { scoreBins, sideWidth } from "../statistics/score-bins.ts";

/** SQL of `scoreCode`: the code (integer) of a probability's bin; null where it is null. */
export function scoreCodeSql(dialect: Dialect, score: string): string {
  const { low, high, perUnit, lowCode, highCode, sideBins, outermost, outermostLogOdds, lowLogOdds } =
    scoreBins;
  const { number } = dialect;
  const logOdds = `ln(${score} / (1e0 - ${score}))`;
  const place = (distance: string) =>
    `least(${number(sideBins)}, greatest(1e0, ceil((${distance}) / ${number(sideWidth)})))`;
  const thousandth = `least(${number(highCode)}, greatest(${number(lowCode + 1)}, ceil(${score} * ${number(perUnit)})))`;
  return `CAST(CASE WHEN ${score} > ${number(low)} AND ${score} <= ${number(high)} THEN ${thousandth}
WHEN ${score} <= ${number(outermost)} THEN ${number(lowCode - sideBins)}
WHEN ${score} > ${number(1 - outermost)} THEN ${number(highCode + sideBins + 1)}
WHEN ${score} <= ${number(low)} THEN ${number(lowCode - sideBins)} + ${place(`${logOdds} - ${number(outermostLogOdds)}`)}
WHEN ${score} > ${number(high)} THEN ${number(highCode)} + ${place(`${logOdds} + ${number(lowLogOdds)}`)} END AS INTEGER)`;
}
