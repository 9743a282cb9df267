import type { ModelConfig } from "../config/config.ts";
import { droppedText, type Limited } from "../exporter/series-limit.ts";
import type { Log } from "../log.ts";

/** Says that series are left out: one line a model when other families than before are, and when none are any more. */
export function tellingDropped(log: Log) {
  const before = new Map<string, string>();
  return {
    tell({ name, limits }: ModelConfig, series: number, dropped: Limited["dropped"]): void {
      const left = Object.entries(dropped).flatMap(([reason, number]) => (number > 0 ? [reason] : []));
      const known = before.get(name) ?? "";
      before.set(name, left.join());
      if (left.join() === known) return;
      const about = { model: name, series, limit: limits.series };
      if (left.length === 0) log.info("no series left out any more", about);
      else log.warn("series left out: over limits.series", { ...about, dropped: droppedText(dropped) });
    },
    /** The model left the configuration. */
    forget: (name: string): void => void before.delete(name),
  };
}
