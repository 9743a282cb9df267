/** What is said where only labels that were known at a moment are asked for, and nothing tells when they became known. */
export const withoutEffect =
  "--known-at has no effect: when a label became known is not told (columns.label_time)";
