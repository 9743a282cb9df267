import { defineConfig } from "vitest/config";

/** The tests of what is mutated, without the simulations: they take seconds, and every mutant would run them. */
export default defineConfig({
  test: {
    include: ["test/statistics/**/*.test.ts", "test/metrics/**/*.test.ts"],
    exclude: ["**/*-simulation.test.ts", "**/*-coverage.test.ts", "**/false-alarms.test.ts"],
    testTimeout: 60_000,
    setupFiles: ["test/seed.ts"],
  },
});
