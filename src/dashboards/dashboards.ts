import { infrastructure } from "./ml-infrastructure.ts";
import { modelDashboard } from "./ml-model.ts";
import { overview } from "./ml-overview.ts";

/** Every dashboard: uid, which is its file's name too → text of the file. */
export const dashboards = {
  "ml-overview": overview,
  "ml-model": modelDashboard,
  "ml-infrastructure": infrastructure,
} as const satisfies Record<string, () => string>;
