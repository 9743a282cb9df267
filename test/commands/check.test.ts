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
