import { driftDashboard } from "./ml-drift.ts";
import { exporterDashboard } from "./ml-exporter.ts";
import { fairnessDashboard } from "./ml-fairness.ts";
import { infrastructure } from "./ml-infrastructure.ts";
import { modelDashboard } from "./ml-model.ts";
import { overview } from "./ml-overview.ts";

/** Every dashboard: uid, which is its file's name too → text of the file. */
export const dashboards = {
  "ml-overview": overview,
  "ml-model": modelDashboard,
  "ml-drift": driftDashboard,
  "ml-fairness": fairnessDashboard,
  "ml-infrastructure": infrastructure,
  "ml-exporter": exporterDashboard,
} as const satisfies Record<string, () => string>;
