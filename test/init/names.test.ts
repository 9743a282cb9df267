import { expect, it } from "vitest";
import { classOfProbability, named, plainName, predictedThing, type Role } from "../../src/init/names.ts";

it.each<[Role, readonly string[], readonly string[]]>([
  ["id", ["id", "car_id", "CustomerId", "uuid", "order key", "Unnamed: 0"], ["idea", "paid", "width"]],
  ["time", ["timestamp", "created_at", "EventTime", "sold_at", "date", "ts"], ["state", "rating", "dated_x"]],
  ["labelTime", ["label_time", "measured_at", "truth_ts", "labelledAt"], ["label", "time"]],
  ["version", ["version", "model_version", "modelVersion"], ["conversion", "model_year"]],
  ["prediction", ["prediction", "y_pred", "yhat", "predicted_mpg", "mpg_hat", "Score"], ["prepaid", "what"]],
  ["label", ["label", "y", "y_true", "target", "actual_mpg", "outcome"], ["yard", "truth_time"]],
  ["probability", ["p", "p_default", "proba", "churn_probability", "score_cat"], ["price", "pp"]],
  ["sensitive", ["sex", "Gender", "age", "age_group", "marital_status"], ["page", "sexy"]],
])("%s", (role, yes, no) => {
  expect(yes.filter((name) => !named(role, name))).toEqual([]);
  expect(no.filter((name) => named(role, name))).toEqual([]);
});

it.each([
  ["predicted_mpg", "mpg"],
  ["y_pred_price", "price"],
  ["PredictedMpg", "mpg"],
  ["mpg_hat", "mpg"],
  ["prediction", undefined],
])("what %s predicts", (name, thing) => expect(predictedThing(name)).toBe(thing));

it.each([
  ["p_cat", "cat"],
  ["proba_Iris-setosa", "Iris-setosa"],
  ["cat_probability", "cat"],
  ["p", undefined],
])("whose probability %s is", (name, owner) => expect(classOfProbability(name)).toBe(owner));

it("reads names alike however they are written", () => {
  expect(["PredictedMpg", "predicted mpg", "predicted-mpg", "predicted_mpg"].map(plainName)).toEqual(
    Array(4).fill("predicted_mpg"),
  );
});
