/** Tells of a fault once, until it has gone and comes again. */
export interface Faults {
  failed(what: string, error: unknown): void;
  recovered(what: string): void;
}

/** Nothing failed yet. */
export function tellOnce(onFault: (error: unknown) => void): Faults {
  const failing = new Set<string>();
  return {
    failed(what, error) {
      if (failing.has(what)) return;
      failing.add(what);
      onFault(error);
    },
    recovered: (what) => void failing.delete(what),
  };
}
