import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../sources/folder.ts";
import { modelYaml, referenceRows, runCheck, scored, writeDemo, writeUsual } from "./world.ts";

it("tells of the demo what it found and chose, and that the baseline rests on training rows", async () => {
  using folder = temporaryFolder();
  writeDemo(folder, 1982);
  const { code, out, errors } = await runCheck(folder);
  expect([code, errors]).toEqual([0, []]);
  await expect(out).toMatchFileSnapshot("../golden/check.txt");
  expect(out).toMatch(/warning: the baseline \(root_mean_squared_error 2\.257\) comes from training rows/);
});

it("tells of every column why it is a feature or not, where none are listed", async () => {
  using folder = temporaryFolder();
  writeUsual(folder);
  const yaml = modelYaml().replace("    features: [x, c]\n", "    limits: { categories: 20 }\n");
  folder.write("ml-exporter.yml", `models:${yaml}`);
  const wide = (text: string, extra: (index: number) => string, header: string) =>
    text
      .trimEnd()
      .split("\n")
      .map((line, index) => `${line},${index === 0 ? header : extra(index)}`)
      .join("\n");
  folder.write(
    "reference.csv",
    wide(referenceRows, (index) => `${index},text ${index},2026-01-01,,1`, "number,comment,day,nothing,gone"),
  );
  folder.write(
    "scored/1.csv",
    wide(scored, (index) => `${index},text ${index},2026-01-01,,1`, "number,comment,day,nothing,new"),
  );
  const { code, out } = await runCheck(folder);
  expect(code).toBe(0);
  const features = out.slice(out.indexOf("  features"), out.indexOf("  windows"));
  expect(features).toMatchInlineSnapshot(`
    "  features (+ used, - left out):
        + x        numeric      0 to 9 in 58 bins   BIGINT in the reference
        + c        categorical  2 categories: a, b  VARCHAR in the reference
        - pred                                      the prediction
        - y                                         the label
        - number                                    whole numbers that are all different, as an id's
        - comment                                   text with 50 values, more than limits.categories 20
        - day                                       TIMESTAMP WITH TIME ZONE in the reference
        - nothing                                   no value in the reference
        - gone                                      not in the predictions
        - id                                        the id
        - ts                                        the timestamp
        - new                                       not in the reference
    "
  `);
});

describe("warns", () => {
  const listed = "[x, c]";
  it.each([
    [
      "of columns that a list leaves out",
      (yaml: string) => yaml.replace(listed, "[x]"),
      referenceRows,
      "    - c                              not listed\n",
    ],
    [
      "of a listed feature that the reference lacks",
      (yaml: string) => yaml,
      referenceRows.replace("x,c", "x,colour"),
      "  warning: feature c is listed, but not in the reference\n",
    ],
    [
      "of a listed feature that the predictions lack",
      (yaml: string) => yaml.replace(listed, "[x, extra]"),
      referenceRows.replace("x,c", "x,extra"),
      "  warning: feature extra is listed, but not in the predictions\n",
    ],
    [
      "of a reference without predictions",
      (yaml: string) => yaml,
      referenceRows.replace("pred", "guess"),
      "  warning: no baselines: no row of the reference has both a prediction (pred) and a label (y); targets that rest on a baseline are not judged\n",
    ],
    [
      "of a window without labels",
      (yaml: string) => `${yaml}    labels: { type: files, path: "truth/*.csv", columns: { y: truth } }\n`,
      referenceRows,
      "  warning: window 3d has no row with a label\n",
    ],
  ])("%s", async (_what, change, reference, said) => {
    using folder = temporaryFolder();
    writeUsual(folder);
    folder.write("ml-exporter.yml", `models:${change(modelYaml())}`);
    folder.write("reference.csv", reference);
    const { code, out, errors } = await runCheck(folder);
    expect([code, errors]).toEqual([0, []]);
    expect(out).toContain(said);
  });
});

/** So many rows an hour from 1 January 2026 on; `x` of hour h. */
const hourly = (hours: number, rows: number, x: (hour: number, row: number) => number): string => {
  const lines = Array.from({ length: hours * rows }, (_, index) => {
    const [hour, row] = [Math.floor(index / rows), index % rows];
    const at = new Date(Date.UTC(2026, 0, 1, hour, row)).toISOString();
    return [at, x(hour, row), "ab"[row % 2], row % 10, (row % 10) + (row % 3)].join(",");
  });
  return `${["ts,x,c,pred,y", ...lines].join("\n")}\n`;
};
const hourlyYaml = `models:${modelYaml()
  .replace("id: id, ", "")
  .replace("windows: [1d, 3d]", "windows: [1h, 1d]")}`;

describe("what is learned", () => {
  it("tells of each window how much the reference holds to learn from", async () => {
    using folder = temporaryFolder();
    folder.write("ml-exporter.yml", hourlyYaml);
    folder.write(
      "reference.csv",
      hourly(48, 40, (hour, row) => ((row * 37 + hour * 11) % 100) / 10),
    );
    folder.write(
      "scored/1.csv",
      hourly(30, 40, (hour, row) => ((row * 37 + hour * 11) % 100) / 10),
    );
    const { code, out } = await runCheck(folder);
    expect(code).toBe(0);
    expect(out).toContain(
      "  learned from the reference's own windows (at least 10 of a length): root_mean_squared_error, missing, out_of_range, unseen, wrong_type\n",
    );
    expect(out).toMatch(/^ {4}1h +4\d windows +learned$/m);
    expect(out).toMatch(/^ {4}1d +1 window +too few: default limits hold, and a tolerance of 20 %/m);
    expect(out).not.toContain("are not alike");
  });

  it("advises learned limits where the reference's own windows differ", async () => {
    using folder = temporaryFolder();
    folder.write("ml-exporter.yml", hourlyYaml);
    // The hour of the day moves the column: rows of one hour are no sample of the day.
    const daily = (hour: number, row: number) => (hour % 24) * 3 + (row % 7);
    folder.write("reference.csv", hourly(48, 40, daily));
    folder.write("scored/1.csv", hourly(30, 40, daily));
    const { out } = await runCheck(folder);
    expect(out).toMatch(
      /warning: the reference's own windows of 1h are not alike: \d+ % of them have p < 0\.001 against the others \(x \d+ %\), where 0\.1 % would by chance; drift will be found too often, so set psi: learned, kolmogorov_smirnov: learned under drift\.methods/,
    );
    folder.write("ml-exporter.yml", `${hourlyYaml}    drift: { methods: { psi: learned } }\n`);
    expect((await runCheck(folder)).out).not.toContain("are not alike");
  });
});

it("tells of a binary model its classes, versions, groups and what its probability means", async () => {
  using folder = temporaryFolder();
  const rows = (header: string, of: (index: number) => string) =>
    `${[header, ...Array.from({ length: 60 }, (_, index) => of(index))].join("\n")}\n`;
  const row = (index: number) =>
    [index, `2026-01-0${2 + (index % 3)}`, index % 9, 20 + index, "fm"[index % 2], index / 60, index % 3 === 0 ? "yes" : "no", index < 20 ? "v1" : "v2"].join(","); // biome-ignore format: one cell after the other
  folder.write("p.csv", rows("id,ts,x,age,sex,p,paid,v", row));
  folder.write(
    "ml-exporter.yml",
    `models:
  - name: loans
    task: binary
    positive: yes
    threshold: 0.3
    columns: { id: id, timestamp: ts, version: v, probability: p, label: paid }
    features: [x]
    groups: [{ name: age, bins: [30, 50] }, { name: both, columns: [sex, v] }]
    reference: { from: predictions, start: 2026-01-02, end: 2026-01-04 }
    predictions: { type: files, path: p.csv }
    windows: [1d, 3d]
    window_end: latest
`,
  );
  const { code, out, errors } = await runCheck(folder);
  expect([code, errors]).toEqual([0, []]);
  for (const line of [
    /^ {2}reference: +the predictions of 2026-01-02 to 2026-01-04 UTC, 40 rows$/m,
    /^ {2}version: +v: v1, v2 \(active\)$/m,
    /^ {2}prediction: +yes where p is at least 0\.3$/m,
    /^ {2}probability: +p$/m,
    /^ {2}classes: +"yes" is positive, "no" negative$/m,
    /^ {4}age +age in bins +\(50, inf\) \d+; \(30, 50\] \d+/m,
    /^ {4}both +sex and v +f, v2 20; m, v2 20$/m,
    /^ {4}3d +v1 +2026-01-01 01:00:00 to 2026-01-04 01:00:00 UTC +20 rows +20 labelled$/m,
    /^ {4}3d +v2 +2026-01-01 01:00:00 to 2026-01-04 01:00:00 UTC +40 rows +40 labelled +may alert$/m,
  ])
    expect(out).toMatch(line);
  expect(out).not.toMatch(/- (age|sex|v|p|paid) +not listed/);

  const newer = (index: number) => row(index).replace("2026-01-04", "2026-01-05").replace(/v2$/, "v3");
  folder.write(
    "p.csv",
    rows("id,ts,x,age,sex,p,paid,v", (index) => (index >= 20 && index % 3 === 2 ? newer(index) : row(index))),
  );
  expect((await runCheck(folder)).out).toContain(
    "  warning: no row of the reference is of version v3, the newest: it has no baselines and no drift; ",
  );
});

it("looks at every model, says which are bad or off, and exits 2", async () => {
  using folder = temporaryFolder();
  writeUsual(folder);
  const off = modelYaml("off").replace("task", "enabled: false\n    task");
  folder.write("ml-exporter.yml", `models:${modelYaml("bad", "none/*.csv")}${modelYaml("good")}${off}`);
  const { code, out, errors } = await runCheck(folder);
  expect([code, errors.length]).toEqual([2, 1]);
  expect(out).toContain("good (regression)\n");
  expect(out).toMatch(/\noff: not enabled\nFOLDER\/ml-exporter.yml: 1 of 2 models cannot be evaluated\n$/);
});
