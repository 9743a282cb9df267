/** What a column's name says it is. The words are those that people give their files. */
const words = {
  id: /^(id|uuid|guid|key|index|row_?(id|number|num)|.*_(id|uuid|key|no|nr|number)|(id|key)_.*|unnamed:?_0)$/,
  time: /(^|_)(time|timestamp|ts|date|datetime|day|at|when)($|_)|^(created|occurred|event).*|time$|date$/,
  labelTime:
    /^((label|truth|outcome|target|actual)_?(time|timestamp|ts|date|at)|(labell?ed|measured|confirmed|observed|settled)_?(at|on|time))$/,
  version: /^(model_?)?version$|^model(_name|_id)?$/,
  prediction:
    /^(y_?)?(pred|preds|predicted|prediction|predictions|forecast|forecasted|estimate|estimated|yhat|hat|fitted|output|model_output|guess|decision|score|scored)$|^(pred|predicted|prediction|forecast|estimated?|guess(ed)?)_|_(pred|predicted|prediction|forecast|estimate|hat|yhat)$/,
  label:
    /^(y|label|labels|target|truth|actual|actuals|y_?true|ground_?truth|outcome|observed|class|true)$|^(true|actual|observed|real)_|_(true|actual|actuals|truth|label|target|observed)$/,
  probability:
    /^(p|prob|proba|probs|probas|probability|probabilities|score|scores|y_?score|confidence|risk)$|^(p|prob|proba|probability|score)_|_(p|prob|proba|probability|score)$/,
  /** Who must not be treated worse. */
  sensitive:
    /^(sex|gender|race|ethnicity|ethnic_group|religion|nationality|disability|marital(_status)?|age(_?(group|band|range))?)$/,
  /** What people slice by. */
  slice:
    /^(region|country|state|city|origin|segment|channel|branch|site|store|market|category|group|cohort|platform|device|language|type)$/,
} as const;

export type Role = keyof typeof words;

/** `PredictedMpg` and `predicted mpg` are named alike. */
export const plainName = (name: string): string =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replaceAll(/[\s.\-/]+/g, "_");

/** Whether a name says so. */
export const named = (role: Role, name: string): boolean => words[role].test(plainName(name));

const wrapping =
  /^(?:y_)?(?:pred|predicted|prediction|forecast|estimated?|guess(?:ed)?)_(.+)$|^(.+)_(?:pred|predicted|prediction|forecast|estimate|hat|yhat)$/;

/** `mpg` of `predicted_mpg` or `mpg_hat`: what is predicted, where the name says so. */
export function predictedThing(name: string): string | undefined {
  const parts = wrapping.exec(plainName(name));
  return parts === null ? undefined : (parts[1] ?? parts[2]);
}

/** `cat` of `p_cat` or `cat_probability`: whose probability it is, where the name says so. */
export function classOfProbability(name: string): string | undefined {
  const parts =
    /^(?:p|prob|proba|probability|score)[_ ](.+)$/i.exec(name) ??
    /^(.+)[_ ](?:p|prob|proba|probability|score)$/i.exec(name);
  return parts === null ? undefined : parts[1];
}
