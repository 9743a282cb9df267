import { pacing } from "./pace.ts";
import type { Reference, ReferenceWindow } from "./profile.ts";
import type { StoredReference } from "./reference.ts";

type Windows = Reference["windows"];

/** One window of the reference, of one version or of all (null). */
interface Line {
  readonly version: string | null;
  readonly label: string;
  readonly window: ReferenceWindow;
}

const emptied = (windows: Windows): Windows =>
  Object.fromEntries(Object.keys(windows).map((label) => [label, []]));

const linesOf = (version: string | null, windows: Windows): Line[] =>
  Object.entries(windows).flatMap(([label, all]) => all.map((window) => ({ version, label, window })));

/**
 * A reference as text: a line without its windows, then a line for each of them. A hundred windows of a hundred columns are many
 * megabytes, which nobody shall wait for.
 */
export async function referenceText(reference: StoredReference): Promise<string> {
  const versions = Object.entries(reference.versions ?? {});
  const head = {
    ...reference,
    windows: emptied(reference.windows),
    versions:
      reference.versions &&
      Object.fromEntries(
        versions.map(([version, own]) => [version, { ...own, windows: emptied(own.windows) }]),
      ),
  };
  const lines = [
    ...linesOf(null, reference.windows),
    ...versions.flatMap(([version, { windows }]) => linesOf(version, windows)),
  ];
  const texts = [JSON.stringify(head)];
  const turn = pacing();
  for (const line of lines) {
    const text = JSON.stringify(line);
    texts.push(text);
    await turn(text.length);
  }
  return texts.join("\n");
}

/** The reference of such a text; undefined where it cannot be read. */
export async function readReference(text: string): Promise<StoredReference | undefined> {
  try {
    const [first = "", ...rest] = text.split("\n");
    const reference = JSON.parse(first) as StoredReference;
    const turn = pacing();
    for (const one of rest) {
      await turn(one.length);
      const { version, label, window } = JSON.parse(one) as Line;
      const owner = version === null ? reference : reference.versions?.[version];
      (owner?.windows[label] as ReferenceWindow[] | undefined)?.push(window);
    }
    return reference;
  } catch {
    return undefined;
  }
}
