import { setTimeout as sleep } from "node:timers/promises";

/** A reading that hangs must not keep what waits for the command's end: who waits inside the kernel cannot be ended. */
const stopWithinMs = 2000;

/** Waits for work, but not for ever. */
export const inTime = (work: Promise<unknown>) => Promise.race([work, sleep(stopWithinMs)]);
