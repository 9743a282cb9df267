import { defineConfig } from "vitest/config";

/** The tests that mutation.mjs asks for, without the simulations: they take seconds, and every mutant would run them. */
export default defineConfig({
  test: {
    include: (process.env.MUTATION_TESTS ?? "test/{statistics,metrics}/**/*.test.ts").split(" "),
    exclude: ["**/*-simulation.test.ts", "**/*-coverage.test.ts", "**/false-alarms.test.ts"],
    testTimeout: 60_000,
    setupFiles: ["test/seed.ts"],
  },
});
