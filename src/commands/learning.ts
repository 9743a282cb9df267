import type { ModelConfig } from "../config/config.ts";
import { alikeness } from "../metrics/drift/alikeness.ts";
import { fewestLearned } from "../metrics/learned.ts";
import type { Evaluation } from "../monitor/monitor.ts";
import type { Reference } from "../profiles/profile.ts";
import type { StoredReference } from "../profiles/reference.ts";
import { aligned, count } from "./text.ts";

/** What the version whose findings may alert is compared with; the reference may name versions of its own. */
function activeReference({ reference, windows }: Evaluation): Reference | undefined {
  const stored: (Reference & Partial<Pick<StoredReference, "versions">>) | undefined = reference;
  if (!stored?.versions) return reference;
  const own = stored.versions[activeVersion(windows)];
  return own && { ...stored, ...own };
}

const activeVersion = (windows: Evaluation["windows"]) =>
  windows.find(({ alerting }) => alerting)?.version ?? "";

/** A reference that names versions, but not the one whose findings may alert. */
export function otherVersions(evaluation: Evaluation): string[] {
  if (evaluation.reference === undefined || activeReference(evaluation) !== undefined) return [];
  const version = activeVersion(evaluation.windows);
  return [
    `no row of the reference is of version ${version}, the newest: it has no baselines and no drift; add rows of it, or a reference without the column of versions`,
  ];
}

/** Whether what is `learned` can be: how many windows of its own the reference holds of each length. */
export function learning(model: ModelConfig, evaluation: Evaluation): string[] {
  const reference = activeReference(evaluation);
  const wanted = learned(model);
  if (wanted.length === 0 || reference === undefined) return [];
  const title = `  learned from the reference's own windows (at least ${fewestLearned} of a length): ${wanted.join(", ")}`;
  const targets = model.performance.some(({ target }) => target?.kind === "learned");
  const instead = `default limits hold${targets ? ", and a tolerance of 20 % for the default metric" : ""}`;
  if (model.windows.length === 0) return [title, `    no timestamp, so there are no windows: ${instead}`];
  const lines = model.windows.map(({ text }) => {
    const found = reference.windows[text]?.length ?? 0;
    const verdict = found >= fewestLearned ? "learned" : `too few: ${instead}`;
    return [text, count(found, "window"), verdict];
  });
  return [title, ...aligned(lines, 4)];
}

/** What of a model is learned. */
function learned({ performance, drift, quality }: ModelConfig): string[] {
  const targets = performance.filter(({ target }) => target?.kind === "learned").map(({ metric }) => metric);
  const methods = [drift.methods, ...Object.values(drift.features)].flatMap((limits) =>
    Object.entries(limits).flatMap(([name, { limit }]) => (limit === "learned" ? [name] : [])),
  );
  const checks = Object.entries(quality).flatMap(([name, limit]) => (limit === "learned" ? [name] : []));
  return [...targets, ...new Set(methods), ...checks];
}

/** More of the reference's own windows differ than rows that do not depend on each other would. */
const suspicious = 0.05;
const mostNamed = 5;

/** Advice where p-values of drift cannot be believed (statistics.md §3). */
export function dependentRows({ windows, drift }: ModelConfig, evaluation: Evaluation): string[] {
  const reference = activeReference(evaluation);
  if (reference === undefined) return [];
  const methods = Object.entries(drift.methods).filter(([, { limit }]) => typeof limit === "number");
  if (methods.length === 0) return [];
  return windows.flatMap(({ text }) => {
    const found = alikeness(reference, text);
    const windowsSeen = found.reduce((sum, entry) => sum + entry.windows, 0);
    const different = found.reduce((sum, entry) => sum + entry.different, 0);
    if (windowsSeen === 0 || different / windowsSeen <= suspicious) return [];
    const worst = found
      .filter(({ share }) => share > suspicious)
      .slice(0, mostNamed)
      .map(({ feature, share }) => `${feature} ${Math.round(share * 100)} %`);
    const enough = (reference.windows[text]?.length ?? 0) >= fewestLearned;
    const advice = enough
      ? `set ${methods.map(([name]) => `${name}: learned`).join(", ")} under drift.methods`
      : `a reference of at least ${fewestLearned} windows would let limits be learned`;
    return [
      `the reference's own windows of ${text} are not alike: ${Math.round((100 * different) / windowsSeen)} % of them have p < 0.001 against the others (${worst.join(", ")}), where 0.1 % would by chance; drift will be found too often, so ${advice}`,
    ];
  });
}
