/** The name that was probably meant: the one of these initials (`rmse`), or the one fewest letters away, if that is few for a word of this length. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const short = names.find((name) => name.includes("_") && initials(name) === word.toLowerCase());
  if (short !== undefined) return short;
  let best: string | undefined;
  let least = Math.floor(Math.max(word.length, 3) / 3) + 1;
  for (const name of names) {
    const distance = edits(word.toLowerCase(), name.toLowerCase());
    if (distance < least) [best, least] = [name, distance];
  }
  return best;
}

const initials = (name: string) =>
  name
    .split("_")
    .map((part) => part[0])
    .join("");

/** Letters to insert, delete or replace to turn one word into the other (Levenshtein's distance). */
function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
