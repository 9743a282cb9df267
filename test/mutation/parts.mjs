/** Folders of the code that is mutated, each with the tests that are run first: those written for it. */
export const parts = {
  "src/statistics": ["test/statistics/*.test.ts"],
  "src/metrics": ["test/metrics/{evaluation,measured,quality}.test.ts", "test/metrics/drift/*.test.ts"],
  "src/metrics/classes": ["test/metrics/classes.test.ts"],
  "src/metrics/description": ["test/metrics/description.test.ts"],
  "src/metrics/drift": ["test/metrics/drift/*.test.ts"],
  "src/metrics/fairness": [
    "test/metrics/{fairness,count-draws}.test.ts",
    "test/metrics/traps-fairness-quality.test.ts",
  ],
  "src/metrics/forecast": ["test/metrics/forecast/*.test.ts"],
  "src/metrics/performance": [
    "test/metrics/performance*.test.ts",
    "test/metrics/{target,resolution,cars}.test.ts",
  ],
  "src/metrics/quality": ["test/metrics/quality.test.ts", "test/metrics/traps-fairness-quality.test.ts"],
};

/** What a change that those did not notice is shown to. */
export const allTests = ["test/statistics/**/*.test.ts", "test/metrics/**/*.test.ts"];
