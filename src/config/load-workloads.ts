import type * as z from "zod";
import type { Config, PriceConfig, WorkloadConfig } from "./config.ts";
import type { fileSchema } from "./schema.ts";
import { sameNames, schemaFaults } from "./schema-faults.ts";
import { child, type Fault, locate, plain, type TreeNode } from "./tree.ts";
import { priceFaults, workloadFaults } from "./workload-cross.ts";
import { resolveHost, resolvePrices, resolveWorkload } from "./workload-resolve.ts";
import { workloadSchema } from "./workload-schema.ts";

type Infrastructure = Pick<Config, "host" | "workloads" | "prices" | "budget">;

/** Everything of a file that is not about models; `written` is its top level, {} where that has a fault. */
export function readInfrastructure(
  root: TreeNode,
  written: Partial<z.output<typeof fileSchema>>,
  folder: string,
  faults: Fault[],
): Infrastructure {
  const prices = written.prices && resolvePrices(written.prices);
  for (const { keys, message } of priceFaults(written.prices))
    faults.push({ ...locate(root, ["prices", ...keys]), message });
  if (written.budget !== undefined && prices === undefined)
    faults.push({
      ...locate(root, ["budget"]),
      message: "needs prices, whose currency it is in; expected prices: { currency: USD, … } beside it",
    });
  return {
    host: resolveHost(written.host),
    workloads: readWorkloads(root, prices, folder, faults),
    ...(prices && { prices }),
    ...(written.budget !== undefined && { budget: written.budget }),
  };
}

function readWorkloads(
  root: TreeNode,
  prices: PriceConfig | undefined,
  folder: string,
  faults: Fault[],
): WorkloadConfig[] {
  const list = child(root, "workloads");
  if (list === undefined || !Array.isArray(list.value)) return [];
  const nodes = list.value as readonly TreeNode[];
  faults.push(...sameNames(nodes, "workloads"));
  return nodes.flatMap((node) => {
    const workload = workloadSchema.safeParse(plain(node));
    if (!workload.success) {
      faults.push(...schemaFaults(workload.error.issues, node));
      return [];
    }
    const crossed = workloadFaults(workload.data, prices?.currency);
    faults.push(...crossed.map(({ keys, message }) => ({ ...locate(node, keys), message })));
    return crossed.length === 0 ? [resolveWorkload(workload.data, prices, folder)] : [];
  });
}
