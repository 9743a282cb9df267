interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly words?: readonly string[];
}

const fields: readonly Field[] = [
  { name: "second", least: 0, most: 59 },
  { name: "minute", least: 0, most: 59 },
  { name: "hour", least: 0, most: 23 },
  { name: "day of month", least: 1, most: 31 },
  {
    name: "month",
    least: 1,
    most: 12,
    words: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
  },
  { name: "day of week", least: 0, most: 7, words: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

/** Says what is wrong with a cron expression of five fields, or six with seconds first; undefined when nothing is. */
export function cronFault(expression: string): string | undefined {
  const texts = expression.trim().split(/\s+/);
  if (texts.length !== 5 && texts.length !== 6) {
    return `${JSON.stringify(expression)} is not a cron expression; expected five fields (minute, hour, day of month, month, day of week), or six with seconds first`;
  }
  const offset = fields.length - texts.length;
  for (const [index, text] of texts.entries()) {
    const field = fields[index + offset];
    if (field === undefined || text.split(",").every((part) => isPart(part, field))) continue;
    return `${JSON.stringify(text)} is not a ${field.name} of a cron expression; expected *, numbers from ${field.least} to ${field.most}, ranges (1-5), steps (*/5) or lists (1,3)`;
  }
  return undefined;
}

function isPart(text: string, field: Field): boolean {
  const parts = /^(?:\*|([0-9a-z]+)(?:-([0-9a-z]+))?)(?:\/(\d+))?$/i.exec(text);
  if (parts === null) return false;
  const [, from, to, step] = parts;
  if (step !== undefined && (Number(step) < 1 || Number(step) > field.most)) return false;
  if (from === undefined) return true;
  const first = place(from, field);
  const last = to === undefined ? first : place(to, field);
  // A step after a single number means different things to different programs.
  if (step !== undefined && to === undefined) return false;
  return first !== undefined && last !== undefined && first <= last;
}

function place(text: string, field: Field): number | undefined {
  const word = field.words?.indexOf(text.toLowerCase()) ?? -1;
  if (word >= 0) return word + field.least;
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return number >= field.least && number <= field.most ? number : undefined;
}
