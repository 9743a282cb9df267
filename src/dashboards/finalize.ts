import type { Dashboard, Panel, RowPanel } from "@grafana/grafana-foundation-sdk/dashboard";

/** What Grafana's file provisioning accepts as newest: the classic model (Grafana 12.2 and later; older ones migrate nothing). */
const schemaVersion = 42;
/** Grafana's grid is so many columns wide. */
const gridColumns = 24;
const datasource = { type: "prometheus", uid: "$" + "{datasource}" };

type Plain = { [key: string]: unknown };

/**
 * What the builders leave open or wrong: ids, refIds, data sources of targets, positions (the builders' own layout lets panels hang
 * over the right edge), order of keys. Gives the text of the file; the same dashboard gives the same bytes.
 */
export function finalize(dashboard: Dashboard): string {
  const plain = JSON.parse(JSON.stringify(dashboard)) as Plain & {
    panels: (Panel | RowPanel)[];
    templating: { list: Plain[] };
    annotations: { list: Plain[] };
    links: Plain[];
  };
  plain.schemaVersion = schemaVersion;
  plain.editable = false;
  delete plain.id;
  place(plain.panels);
  plain.panels.forEach((panel, index) => {
    panel.id = index + 1;
    if (panel.type === "row") return;
    const full = panel as Panel;
    full.datasource = datasource;
    full.targets?.forEach((target, number) => {
      Object.assign(target, { refId: String.fromCharCode(65 + number), datasource });
    });
  });
  for (const variable of plain.templating.list) {
    for (const key of ["auto", "auto_min", "auto_count", "skipUrlSync"]) delete variable[key];
  }
  // The builders hide these in a menu of the newest Grafana; beside the variables they are seen.
  for (const control of [...plain.annotations.list, ...plain.links]) delete control.placement;
  return `${JSON.stringify(sorted(plain), null, 2)}\n`;
}

/** From left to right, a new line when the next panel would not fit; a row stands alone. */
function place(panels: readonly (Panel | RowPanel)[]): void {
  let x = 0;
  let y = 0;
  let lineHeight = 0;
  const newLine = () => {
    x = 0;
    y += lineHeight;
    lineHeight = 0;
  };
  for (const panel of panels) {
    const { w, h } =
      panel.type === "row" ? { w: gridColumns, h: 1 } : (panel.gridPos ?? { w: gridColumns, h: 8 });
    if (x + w > gridColumns) newLine();
    panel.gridPos = { x, y, w, h };
    x += w;
    lineHeight = Math.max(lineHeight, h);
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]),
  );
}
