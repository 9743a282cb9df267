import { setImmediate } from "node:timers/promises";

/** Others wait no longer for a turn, but for one piece of work. */
const mostMs = 10;
/** Looking at the clock after every value would cost more than the values: some 2 ms of work. */
const worthLooking = 30_000;

/** When the event loop last had a turn through us: of the whole process, as many short loops after each other hold it up like a long one. */
let lastTurn = performance.now();

/**
 * Lets the rest of the process have a turn where it has waited long enough: to be awaited in a long loop, with the size of each piece in
 * characters or values of ours that were gone through, or without it after pieces of a millisecond and more.
 */
export function pacing(): (work?: number) => Promise<void> | undefined {
  let done = 0;
  return (work = worthLooking) => {
    done += work;
    if (done < worthLooking) return undefined;
    done = 0;
    return performance.now() - lastTurn < mostMs ? undefined : turn();
  };
}

async function turn(): Promise<void> {
  await setImmediate();
  lastTurn = performance.now();
}
