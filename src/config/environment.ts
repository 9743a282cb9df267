/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Text with its variables replaced, or what is wrong with it. */
export type Replaced = { readonly text: string } | { readonly fault: string };

// Letters of a variable are moved into Unicode's private use area while YAML is read, so that braces, commas and colons in
// `${NAME:-default}` mean nothing to YAML, and every position stays true.
const shift = 0xe000;

/** Hides `${…}` from the YAML reader; the text keeps its length and its lines. */
export function hideVariables(text: string): string {
  return text.replace(/\$\$|\$\{[^}\n]*\}/g, (match) =>
    match === "$$"
      ? match
      : match.replace(/[ -~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + shift)),
  );
}

/** Undoes `hideVariables`. */
export function showVariables(text: string): string {
  return text.replace(/[\ue020-\ue07e]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - shift));
}

/** Replaces `${NAME}` and `${NAME:-default}` (used when unset or empty, as in a shell); `$$` stands for one `$`. */
export function replaceVariables(text: string, environment: Environment): Replaced {
  const faults: string[] = [];
  const replaced = text.replace(/\$\$|\$\{([^}\n]*)\}/g, (match, expression: string | undefined) => {
    if (expression === undefined) return "$";
    const parts = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/.exec(expression);
    if (parts === null) {
      faults.push(`${match} is not a variable; expected \${NAME} or \${NAME:-default} ($$ stands for one $)`);
      return match;
    }
    const name = parts[1] ?? "";
    const fallback = parts[2];
    const value = environment[name];
    if (fallback !== undefined) return value === undefined || value === "" ? fallback : value;
    if (value === undefined)
      faults.push(`environment variable ${name} is not set; set it or write \${${name}:-default}`);
    return value ?? match;
  });
  const fault = faults[0];
  return fault === undefined ? { text: replaced } : { fault };
}
