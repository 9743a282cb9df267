import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { type FamilyName, families, type Sample } from "../../src/catalogue.ts";
import { createExposition, type Format } from "../../src/exporter/exposition.ts";
import { createSelf } from "../../src/exporter/self.ts";
import { binary, missing } from "../binaries.ts";
import { parse } from "./parse.ts";
import { story } from "./statuses.ts";

const mean = (feature: string, value = 1): Sample => ({
  name: "ml_feature_mean",
  labels: { model: "m", version: "", window: "24h", feature },
  value,
});

async function rendered(samples: readonly Sample[], format: Format = "text"): Promise<string> {
  const exposition = createExposition();
  await exposition.publish("m", samples);
  return (await exposition.render(format)).toString();
}

/** One sample of every family of the catalogue. */
const everything: Sample[] = (Object.keys(families) as FamilyName[]).map((name, index) => ({
  name,
  labels: Object.fromEntries(families[name].labels.map((label) => [label, `a ${label}`])),
  value: index / 8,
}));

describe("golden", () => {
  it.each([
    ["text", "exposition.txt"],
    ["openmetrics", "exposition.openmetrics.txt"],
  ] as const)("%s", async (format, file) => {
    await expect(await rendered(everything, format)).toMatchFileSnapshot(`../golden/${file}`);
  });

  it("the formats differ in headers and # EOF alone", async () => {
    const lines = (text: string) => text.split("\n").filter((line) => !line.startsWith("#"));
    expect(lines(await rendered(everything, "openmetrics"))).toEqual(lines(await rendered(everything)));
  });

  it("every family and value of the catalogue comes back, in both formats", async () => {
    for (const format of ["text", "openmetrics"] as const) {
      expect(parse(await rendered(everything, format), format)).toEqual(everything);
    }
  });
});

describe.skipIf(missing("promtool"))("promtool check metrics finds nothing", () => {
  it.each([
    ["every family", everything],
    ["the story", story("fuel-economy", { rmse: [8.1, 6.93, 9.47], missed: 1, end: "1980-12-31" })],
    ["the exporter itself", createSelf("0.1.0", "v20").samples()],
  ])("%s", async (_name, samples) => {
    const { status, stderr, stdout } = spawnSync(binary("promtool"), ["check", "metrics"], {
      input: await rendered(samples),
      encoding: "utf8",
    });
    expect({ status, output: stdout + stderr }).toEqual({ status: 0, output: "" });
  });
});

it("alternating formats a hundred times changes no name", async () => {
  const exposition = createExposition();
  await exposition.publish("m", everything);
  const first = {
    text: await exposition.render("text"),
    openmetrics: await exposition.render("openmetrics"),
  };
  for (let round = 0; round < 100; round++) {
    const format = round % 2 ? "text" : "openmetrics";
    expect((await exposition.render(format)).equals(first[format])).toBe(true);
  }
});

it("keys are joined under one header a family, in the catalogue's order", async () => {
  const exposition = createExposition();
  const due = (model: string): Sample => ({ name: "ml_exporter_series", labels: { model }, value: 1 });
  await exposition.publish("b", [due("b"), mean("x")]);
  await exposition.publish("a", [due("a")]);
  const text = (await exposition.render("text", [due("c")])).toString();
  expect(text.split("\n").map((line) => line.replace(/^(# (?:HELP|TYPE) \S+).*/, "$1"))).toEqual([
    "# HELP ml_feature_mean",
    "# TYPE ml_feature_mean",
    'ml_feature_mean{model="m",version="",window="24h",feature="x"} 1',
    "# HELP ml_exporter_series",
    "# TYPE ml_exporter_series",
    'ml_exporter_series{model="b"} 1',
    'ml_exporter_series{model="a"} 1',
    'ml_exporter_series{model="c"} 1',
    "",
  ]);
});

it("what a key no longer has is gone, and a withdrawn key as well", async () => {
  const exposition = createExposition();
  await exposition.publish("m", [mean("old"), mean("kept")]);
  await exposition.publish("m", [mean("kept", 2)]);
  expect(parse((await exposition.render("text")).toString(), "text")).toEqual([mean("kept", 2)]);
  exposition.withdraw("m");
  expect((await exposition.render("text")).toString()).toBe("");
  expect((await exposition.render("openmetrics")).toString()).toBe("# EOF\n");
});

it("as many series come out as went in, whatever the labels hold", async () => {
  const torture = [
    "x,feature:y", "x", "y,feature:x", ",", ",,", "a,b:c", '"', "\\", "\\n", "\n", "\\\n", "\r", "␍", "␛␍", "␛", "\0", "␀", "",
    " ", "\ud800", "\udc00", "␛D800", "\ufffd", "__proto__", "constructor", "toString", "{}", "}", "#", "é", "e\u0301", "😀",
    "NaN", "0", "undefined", "null", "x".repeat(1_000_000),
  ]; // biome-ignore format: a list
  const pairs = torture.flatMap((feature): Sample[] => [
    mean(feature),
    { ...mean("z"), labels: { ...mean("z").labels, window: feature } },
  ]);
  for (const format of ["text", "openmetrics"] as const) {
    const text = await rendered(pairs, format);
    expect(text).not.toMatch(/[\0\r]/);
    expect(text).not.toMatch(/\p{Surrogate}/u);
    const identities = parse(text, format).map(({ labels }) => JSON.stringify(labels));
    expect(new Set(identities).size).toBe(pairs.length);
  }
  const plain = pairs.filter(
    ({ labels }) => !Object.values(labels).some((value) => /[\0\r␀␍␛]|\p{Surrogate}/u.test(value)),
  );
  expect(parse(await rendered(plain), "text")).toEqual(plain);
});

it("two series whose labels joined as name:value, are one text stay two", async () => {
  const of = (feature: string, model: string): Sample => ({
    ...mean(feature),
    labels: { ...mean(feature).labels, model },
  });
  const pair = [of("f,model:q", "m"), of("f", "q,model:m")];
  expect(parse(await rendered(pair), "text")).toEqual(pair);
});

it.each([
  [1e21, "1e+21"],
  [0.1 + 0.2, "0.30000000000000004"],
  [-0, "0"],
  [Number.POSITIVE_INFINITY, "+Inf"],
  [Number.NEGATIVE_INFINITY, "-Inf"],
  [5e-324, "5e-324"],
])("the value %d is written %s", async (value, text) => {
  expect(await rendered([mean("x", value)])).toContain(`feature="x"} ${text}\n`);
});

describe("our own bugs are refused and leave what was published", () => {
  const good = mean("x");
  const many = Array.from({ length: 1500 }, (_, index) => mean(`f${index}`));
  it.each<[string, Sample[], RegExp]>([
    ["a duplicate", [good, good], /two samples of ml_feature_mean\{.*"x"/],
    ["a duplicate far away", [...many, mean("f0")], /two samples of ml_feature_mean\{.*"f0"/],
    ["not a number", [mean("x", Number.NaN)], /is NaN/],
    [
      "a missing label",
      [{ ...good, labels: { model: "m" } }],
      /must have the labels model, version, window, feature/,
    ],
    ["a label too many", [{ ...good, labels: { ...good.labels, job: "x" } }], /must have the labels/],
    [
      "another label",
      [{ ...good, labels: { model: "m", version: "", window: "1d", column: "x" } }],
      /lacks a text for the label feature/,
    ],
    [
      "a label that is no text",
      [{ ...good, labels: { ...good.labels, feature: 1 as never } }],
      /lacks a text for the label feature/,
    ],
    ["an unknown family", [{ ...good, name: "ml_nonsense" as never }], /ml_nonsense is not in the catalogue/],
  ])("%s", async (_name, samples, message) => {
    const exposition = createExposition();
    await exposition.publish("m", [mean("before")]);
    await expect(exposition.publish("m", samples)).rejects.toThrow(message);
    expect(parse((await exposition.render("text")).toString(), "text")).toEqual([mean("before")]);
  });
});

it("publishing gives the event loop way between chunks, and nothing is seen before the end", async () => {
  const exposition = createExposition();
  let turns = 0;
  let open = true;
  const seen = new Set<number>();
  const beat = async () => {
    turns++;
    seen.add(parse((await exposition.render("text")).toString(), "text").length);
    if (open) setImmediate(beat);
  };
  setImmediate(beat);
  await exposition.publish(
    "m",
    Array.from({ length: 10_000 }, (_, index) => mean(`f${index}`)),
  );
  open = false;
  expect(turns).toBeGreaterThanOrEqual(9);
  expect([...seen]).toEqual([0]);
});

it("a publishing that is overtaken or withdrawn while it renders does not come back", async () => {
  const exposition = createExposition();
  const slow = exposition.publish(
    "m",
    Array.from({ length: 2000 }, (_, index) => mean(`f${index}`)),
  );
  await exposition.publish("m", [mean("newer")]);
  await slow;
  expect(parse((await exposition.render("text")).toString(), "text")).toEqual([mean("newer")]);
  const gone = exposition.publish("m", [mean("late")]);
  exposition.withdraw("m");
  await gone;
  expect((await exposition.render("text")).length).toBe(0);
});
