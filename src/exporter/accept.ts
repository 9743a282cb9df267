import type { Format } from "./exposition.ts";

interface Choice {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

/** Format of a scrape by its Accept header: the highest q-value that is served wins, of equals the first; text when nothing fits. */
export function chooseFormat(accept: string | undefined): Format {
  for (const { name, parameters } of choices(accept)) {
    const version = parameters.get("version");
    if (name === "application/openmetrics-text" && (version === undefined || version === "1.0.0"))
      return "openmetrics";
    if (name === "text/plain" && (version === undefined || version === "0.0.4")) return "text";
    if (name === "text/*" || name === "*/*") return "text";
  }
  return "text";
}

/** Whether the client takes gzip (RFC 9110 §12.5.3): named with q > 0, or covered by `*`. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const codings = parse(acceptEncoding);
  const named = codings.find(({ name }) => name === "gzip") ?? codings.find(({ name }) => name === "*");
  return named !== undefined && named.quality > 0;
}

/** What the client would take, best first; the sort is stable. */
function choices(header: string | undefined): Choice[] {
  return parse(header)
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
}

function parse(header: string | undefined): Choice[] {
  return (header ?? "").split(",").flatMap((part) => {
    const [name = "", ...rest] = part.split(";").map((text) => text.trim().toLowerCase());
    if (name === "") return [];
    const parameters = new Map(
      rest.map((text) => {
        const [key = "", value = ""] = text.split("=", 2).map((side) => side.trim());
        return [key, value.replace(/^"(.*)"$/, "$1")] as const;
      }),
    );
    // A q-value that cannot be read counts as 1, as if it were not there.
    const quality = Number(parameters.get("q") ?? "1");
    return [{ name, parameters, quality: Number.isNaN(quality) ? 1 : Math.min(1, quality) }];
  });
}
