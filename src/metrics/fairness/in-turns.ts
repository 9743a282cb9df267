/** A computation of many draws that gives others their turn every few milliseconds. */
export type InTurns<Result> = Generator<undefined, Result>;
