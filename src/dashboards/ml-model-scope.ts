import { scope } from "./query.ts";

/** One model, version and window, as the dashboard's variables choose them. */
export const model = scope(
  { job: '=~"$job"', instance: '=~"$instance"' },
  { model: '="$model"', version: '="$version"', window: '="$window"' },
);

/** All versions of the model, in the chosen window. */
export const versions = scope(
  { job: '=~"$job"', instance: '=~"$instance"' },
  { model: '="$model"', window: '="$window"' },
);

/** The same model, of whatever version and window. */
export const anyVersion = scope({ job: '=~"$job"', instance: '=~"$instance"' }, { model: '="$model"' });
