/** Words that YAML takes for something else than text. */
const meaning = /^(true|false|null|yes|no|on|off)$/i;

/** A scalar of the configuration: plain where that reads the same, else in quotes; `$` is doubled, as `${…}` is a variable. */
export function yamlText(value: string): string {
  const plain = /^[A-Za-z_][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*$/.test(value) && !meaning.test(value);
  return plain ? value : JSON.stringify(value.replaceAll("$", "$$$$"));
}

/** `[a, b]`. */
export const yamlList = (values: readonly string[]): string => `[${values.map(yamlText).join(", ")}]`;

/** `{ a: p_a, b: p_b }`. */
export const yamlMap = (entries: Readonly<Record<string, string>>): string =>
  `{ ${Object.entries(entries)
    .map(([key, value]) => `${yamlText(key)}: ${yamlText(value)}`)
    .join(", ")} }`;
