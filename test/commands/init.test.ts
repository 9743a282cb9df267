import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { engines } from "../../src/engines/engines.ts";
import { temporaryFolder } from "../sources/folder.ts";
import { runCheck, runInit, writeDemo } from "./world.ts";

type Folder = ReturnType<typeof temporaryFolder>;

/** The model that `init` wrote for a file; `check` has accepted it. */
async function written(folder: Folder, file: string) {
  expect(await runInit(folder, file)).toEqual({
    code: 0,
    out: "FOLDER/ml-exporter.yml written; now: ml-exporter check --config.file FOLDER/ml-exporter.yml\n",
    errors: [],
  });
  const checked = await runCheck(folder);
  expect([checked.code, checked.errors]).toEqual([0, []]);
  const text = readFileSync(join(folder.path, "ml-exporter.yml"), "utf8");
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(200);
  return { text, model: parse(text).models[0], checked: checked.out };
}

const csv = (header: string, rows: number, row: (index: number) => readonly (string | number)[]): string =>
  `${[header, ...Array.from({ length: rows }, (_, index) => row(index).join(","))].join("\n")}\n`;

async function parquet(folder: Folder, file: string, select: string): Promise<void> {
  const engine = await engines.duckdb({ memory: "200MB", threads: 1 });
  await engine.rows(`COPY (${select}) TO '${join(folder.path, file)}' (FORMAT parquet)`);
  await engine.close();
}

describe("of a file it knows nothing about", () => {
  it("the demo's reference: a regression, every column found", async () => {
    using folder = temporaryFolder();
    writeDemo(folder, 1974);
    rmSync(join(folder.path, "ml-exporter.yml"));
    const { text, model, checked } = await written(folder, "reference.csv");
    await expect(text).toMatchFileSnapshot("../golden/init.yml");
    expect(model.columns).toEqual({
      id: "car_id",
      timestamp: "model_year",
      prediction: "predicted_mpg",
      label: "mpg",
    });
    expect(checked).toContain("warning: the reference is the predictions themselves, so nothing can drift");
  });

  it("loans: binary with a probability, a version, groups", async () => {
    using folder = temporaryFolder();
    folder.write(
      "loans.csv",
      csv("loan_id,asked_at,age,sex,income,purpose,p_default,defaulted,model_version", 400, (i) => {
        const p = ((i * 37) % 100) / 100;
        return [
          1000 + i,
          `2026-0${1 + Math.floor(i / 200)}-${String(1 + (i % 28)).padStart(2, "0")}T0${i % 10}:00:00Z`,
          20 + (i % 50),
          "fm"[i % 2] ?? "",
          30_000 + ((i * 7919) % 9973) / 7,
          ["car", "house", "other"][i % 3] ?? "",
          p,
          (i * 53) % 100 < p * 100 ? "yes" : "no",
          i < 200 ? "v1" : "v2",
        ];
      }),
    );
    const { model, text } = await written(folder, "loans.csv");
    expect(model).toMatchObject({
      name: "loans",
      task: "binary",
      positive: "yes",
      columns: {
        id: "loan_id",
        timestamp: "asked_at",
        version: "model_version",
        probability: "p_default",
        label: "defaulted",
      },
      features: ["age", "income", "purpose"],
      groups: [{ name: "age", bins: [30, 50] }, "sex"],
      window_end: "latest",
    });
    expect(text).toMatch(/positive: "yes" +# sure: p_default is higher where it is so/);
    expect(text).toMatch(/label: defaulted +# likely: p_default is named after it/);
  });

  const animals = (probabilities: string) =>
    `SELECT i AS pic_id, TIMESTAMP '2026-01-01' + i * INTERVAL 1 HOUR AS seen_at,
       ['cat', 'cow', 'dog'][1 + i % 3] AS predicted_animal,
       CASE WHEN i % 7 = 0 THEN 'dog' ELSE ['cat', 'cow', 'dog'][1 + i % 3] END AS animal,
       ${probabilities}, (i * 31 % 97) / 10.0 AS brightness, 'always' AS camera,
       {'a': i} AS meta, 'free text ' || i AS note
     FROM range(300) AS r(i)`;
  const share = (of: number) => `CASE WHEN i % 3 = ${of} THEN 0.6 ELSE 0.2 END + (i % 5) * 0.001`;

  it("pictures in Parquet: several classes with a column of probabilities each", async () => {
    using folder = temporaryFolder();
    await parquet(
      folder,
      "pics.parquet",
      animals(`${share(0)} AS p_cat, ${share(1)} AS p_cow, ${share(2)} AS p_dog`),
    );
    const { model, text, checked } = await written(folder, "pics.parquet");
    expect(model).toMatchObject({
      task: "multiclass",
      columns: {
        id: "pic_id",
        timestamp: "seen_at",
        prediction: "predicted_animal",
        label: "animal",
        probabilities: { cat: "p_cat", cow: "p_cow", dog: "p_dog" },
      },
      features: ["brightness"],
    });
    expect(text).toContain(
      "# not features: camera (one value only), meta (struct), note (text that all differs)",
    );
    expect(checked).toContain("classes:        cat, cow, dog (3 found)");
  });

  it("the same with a list of probabilities, whose order is a guess", async () => {
    using folder = temporaryFolder();
    await parquet(
      folder,
      "pics.parquet",
      animals(`[${share(0)}, ${share(1)}, ${share(2)}] AS probabilities`),
    );
    const { model, text } = await written(folder, "pics.parquet");
    expect(model.classes).toEqual(["cat", "cow", "dog"]);
    expect(model.columns.probabilities).toBe("probabilities");
    expect(text).toMatch(
      /classes: \[cat, cow, dog\] +# guess: in the order that scikit-learn gives them; check it/,
    );
  });

  it("NDJSON with names in capitals and a partner that only its values give away", async () => {
    using folder = temporaryFolder();
    const rows = Array.from({ length: 200 }, (_, i) => {
      const price = 100 + ((i * 7919) % 1000) / 3;
      return {
        OrderId: `A${i}`,
        Prediction: price * (i % 2 ? 1.05 : 0.95),
        Price: price,
        Weight: (i * 13) % 50,
      };
    });
    folder.write("orders.ndjson", rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const { model, text } = await written(folder, "orders.ndjson");
    expect(model).toMatchObject({
      task: "regression",
      columns: { id: "OrderId", prediction: "Prediction", label: "Price" },
      features: ["Weight"],
    });
    expect(text).toMatch(
      /label: Price +# guess: of all columns it agrees best with Prediction: correlation 0\.9/,
    );
  });

  it("a table without time, prediction and label: drift and quality only, and what to name", async () => {
    using folder = temporaryFolder();
    folder.write(
      "plain.csv",
      csv("a,b,c", 60, (i) => [i % 7, (i * 7) / 9, "xyz"[i % 3] ?? ""]),
    );
    const { model, text } = await written(folder, "plain.csv");
    expect(model).toMatchObject({ task: "regression", columns: {}, features: ["a", "b", "c"] });
    expect(model.groups).toBeUndefined();
    expect(text).toContain("# guess: neither a prediction nor a label is found");
    expect(text).toContain("# no column of times is found, so the whole table is one window: name timestamp");
  });

  it("predictions without truth: what is found stays as a comment until a label is there", async () => {
    using folder = temporaryFolder();
    folder.write(
      "scored.csv",
      csv("id,created_at,x,score", 80, (i) => [
        i,
        `2026-01-0${1 + (i % 4)}`,
        (i * 7) % 11,
        ((i * 37) % 100) / 100,
      ]),
    );
    const { model, text } = await written(folder, "scored.csv");
    expect(model).toMatchObject({
      task: "binary",
      columns: { id: "id", timestamp: "created_at" },
      features: ["x"],
    });
    expect(text).toMatch(/^ {6}# probability: score +# likely: named so/m);
    expect(text).toContain("# no label is found: name label, or add labels:");
  });

  it("columns with names that mean something in YAML", async () => {
    using folder = temporaryFolder();
    folder.write(
      "odd.csv",
      csv('"a: b","#x","$y $Z",false,"l""q"', 60, (i) => [
        i % 7,
        i % 5,
        (i * 7) / 9,
        "xyz"[i % 3] ?? "",
        i / 7,
      ]),
    );
    const { model } = await written(folder, "odd.csv");
    expect(model.features).toEqual(["a: b", "#x", "$$y $$Z", "false", 'l"q']);
  });
});

describe("refuses in one line", () => {
  it.each([
    [
      "junk.csv",
      Uint8Array.from([1, 2, 0, 255, 254, 10, 13, 0]),
      /^init: FOLDER\/junk\.csv: .*text in UTF-8 is expected$/,
    ],
    ["junk.parquet", "no Parquet at all", /^init: FOLDER\/junk\.parquet: not a complete Parquet file$/],
    ["junk.bin", "x", /^init: no file matches FOLDER\/junk\.bin; files end in \.csv, /],
    ["empty.csv", "", /^init: FOLDER\/empty\.csv: empty; a header or a row is expected$/],
    ["ragged.csv", "a,b\n1,2\n3\n", /^init: FOLDER\/ragged\.csv line 3: 1 fields instead of 2$/],
    ["header.csv", "a,b\n", /^init: FOLDER\/header\.csv has no row; expected some to look at$/],
  ])("%s", async (file, content, message) => {
    using folder = temporaryFolder();
    folder.write(file, content);
    const { code, out, errors } = await runInit(folder, file);
    expect([code, out, errors]).toEqual([2, "", [expect.stringMatching(message)]]);
  });

  it("to write over a file", async () => {
    using folder = temporaryFolder();
    folder.write("a.csv", "x\n1\n2\n");
    folder.write("ml-exporter.yml", "mine");
    const { code, errors } = await runInit(folder, "a.csv");
    expect([code, errors]).toEqual([
      2,
      ["--output: FOLDER/ml-exporter.yml is there already; expected a file that is not"],
    ]);
    expect(readFileSync(join(folder.path, "ml-exporter.yml"), "utf8")).toBe("mine");
    const nowhere = await runInit(folder, "a.csv", `${folder.path}/no/where.yml`);
    expect(nowhere.errors).toEqual([
      "--output: FOLDER/no/where.yml cannot be written (ENOENT); expected a file in a folder that is there",
    ]);
  });
});
