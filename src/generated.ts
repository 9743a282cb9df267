import { cataloguePage } from "./catalogue-page.ts";
import { dashboards } from "./dashboards/dashboards.ts";
import { reasons } from "./metrics/family.ts";

/** Every committed file that is derived from the source: path → text. A test compares the files with it. */
export const generated = (): Map<string, string> =>
  new Map([
    ...Object.entries(dashboards).map(([uid, text]) => [`grafana/dashboards/${uid}.json`, text()] as const),
    ["docs/metrics.md", cataloguePage(reasons)],
  ]);
