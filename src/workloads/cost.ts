import type { PriceConfig, Resource, WorkloadConfig } from "../config/config.ts";
import type { Sizing } from "./sizing.ts";

/** What an hour of a workload costs, in the currency of its price. */
export interface Cost {
  readonly currency: string;
  readonly perHour: number;
  /** The part that was not used; absent where some of it is not known. */
  readonly idlePerHour?: number;
  /** What it would cost as recommended; absent where some of it is not known. */
  readonly recommendedPerHour?: number;
}

type Sizes = Readonly<Partial<Record<Resource, number>>>;
type Priced = Pick<WorkloadConfig, "size" | "price">;

/** GPU memory comes with the GPU. */
const pricedResources = ["cpu", "memory", "gpu"] as const;
const unitOf = { cpu: 1, memory: 2 ** 30, gpu: 1 } as const;
type PricedResource = (typeof pricedResources)[number];

/** What an hour of this size costs: size × price; undefined where a part has no price or no size, for the rest alone would be too little. */
export function hourlyCost(size: Sizes, price: PriceConfig): number | undefined {
  if (price.machine !== undefined) return price.machine;
  return costFault({ size, price }) === undefined
    ? sumOf(size, price, (resource) => size[resource])
    : undefined;
}

/** Why a workload has no cost, in one sentence; undefined where it has. */
export function costFault({ size, price }: Priced): string | undefined {
  if (price === undefined) return "no prices; give prices, or price of the workload";
  if (price.machine !== undefined) return undefined;
  for (const resource of pricedResources) {
    if (size[resource] !== undefined && price[resource] === undefined)
      return `size.${resource} has no price; give prices.${resource} (0 where it comes with another)`;
    // Every process takes processors and memory; a GPU it need not have.
    if (resource !== "gpu" && size[resource] === undefined && (price[resource] ?? 0) > 0)
      return `${resource} is priced and size.${resource} is missing; give it`;
  }
  return pricedResources.every((resource) => size[resource] === undefined)
    ? "no size; give size or price.machine"
    : undefined;
}

/** All that a workload's prices tell with what is known of its use. */
export function costOf({ size, price }: Priced, { idle, recommended }: Sizing): Cost | undefined {
  const perHour = price && hourlyCost(size, price);
  if (price === undefined || perHour === undefined) return undefined;
  const idlePerHour =
    price.machine === undefined
      ? sumOf(size, price, (resource) => product(size[resource], idle[resource]))
      : product(price.machine, leastIdle(size, idle));
  const recommendedPerHour =
    // Another machine has another price, which nobody told.
    price.machine === undefined ? sumOf(size, price, (resource) => recommended[resource]?.value) : undefined;
  return {
    currency: price.currency,
    perHour,
    ...(idlePerHour !== undefined && { idlePerHour }),
    ...(recommendedPerHour !== undefined && { recommendedPerHour }),
  };
}

/** Of a machine that is paid as a whole only what its busiest resource leaves is idle. */
function leastIdle(size: Sizes, idle: Sizing["idle"]): number | undefined {
  const all = pricedResources
    .filter((resource) => size[resource] !== undefined)
    .map((resource) => idle[resource]);
  const known = all.filter((share) => share !== undefined);
  return all.length > 0 && known.length === all.length ? Math.min(...known) : undefined;
}

/** Σ amount × price over what is sized; undefined when an amount is not known that costs something. */
function sumOf(
  size: Sizes,
  price: PriceConfig,
  amount: (resource: PricedResource) => number | undefined,
): number | undefined {
  let sum = 0;
  for (const resource of pricedResources) {
    const each = price[resource] ?? 0;
    if (size[resource] === undefined || each === 0) continue;
    const units = amount(resource);
    if (units === undefined) return undefined;
    sum += (units / unitOf[resource]) * each;
  }
  return sum;
}

const product = (one: number | undefined, other: number | undefined) =>
  one === undefined || other === undefined ? undefined : one * other;
