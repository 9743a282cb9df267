import { defineConfig } from "vitest/config";

/** Long simulations, `npm run simulate`: each writes its table to test/simulate/tables. */
export default defineConfig({
  test: {
    include: ["test/simulate/*.simulation.ts"],
    testTimeout: 24 * 3600 * 1000,
    maxWorkers: 1,
  },
});
