import { defineConfig } from "vitest/config";

/** The tests of what is mutated. */
export default defineConfig({
  test: {
    include: ["test/statistics/**/*.test.ts", "test/metrics/**/*.test.ts"],
    setupFiles: ["test/seed.ts"],
  },
});
