import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { missing, runBinary } from "../binaries.ts";
import { alerts, expectedAlerts } from "./shipped.ts";

const file = "prometheus/alertmanager.yml";
const config = parse(readFileSync(file, "utf8")) as {
  route: { group_by: string[] };
  inhibit_rules: { source_matchers: string[]; target_matchers: string[]; equal: string[] }[];
  receivers: { name: string; webhook_configs?: { url: string; send_resolved?: boolean }[] }[];
};

/** Who hears of an alert, by severity and action: of the powertrain team's model, and of a team without a route of its own. */
const receivers: Record<string, readonly [powertrain: string, other: string]> = {
  "critical investigate": ["urgent,powertrain", "urgent,nobody"],
  "warning investigate": ["powertrain", "everyone"],
  "warning retrain": ["retrain,powertrain", "retrain,everyone"],
  "info investigate": ["nobody", "nobody"],
  "warning scale_up": ["scale,powertrain", "scale,everyone"],
  "info scale_down": ["scale,nobody", "scale,nobody"],
};

describe.skipIf(missing("amtool"))("amtool", () => {
  it("accepts alertmanager.yml with its templates", () => {
    expect(runBinary("amtool", ["check-config", file])).toContain("1 templates");
  });

  it.each(alerts)("routes $alert to its receivers", ({ alert, labels }) => {
    const expected = receivers[`${labels.severity} ${labels.action}`];
    const given = Object.entries({ alertname: alert, ...labels }).map(([name, value]) => `${name}=${value}`);
    for (const [index, team] of ["powertrain", "other"].entries()) {
      const output = runBinary("amtool", [
        "config",
        "routes",
        "test",
        "--config.file",
        file,
        ...given,
        `team=${team}`,
      ]);
      expect(output.trim()).toBe(expected?.[index]);
    }
  });

  it("renders the message templates", () => {
    const output = runBinary("amtool", [
      "template",
      "render",
      "--template.glob=prometheus/templates/*.tmpl",
      '--template.text={{ template "ml.title" . }}\n{{ template "ml.text" . }}',
      "--template.data=test/prometheus/notification.json",
    ]);
    expect(output.trim().split("\n")).toEqual([
      "[FIRING:1] cars: investigate",
      "The model misses its performance target. It is 5.4.",
      "What to do: https://runbook.example",
      "Dashboard: https://dashboard.example",
      "Resolved: More features have drifted than the model's limit allows. It was 60 %.",
      "What to do: https://runbook.example",
      "Dashboard: https://dashboard.example",
    ]);
  });
});

describe("alertmanager.yml", () => {
  it("groups by team, model and action", () => {
    expect(config.route.group_by).toEqual(["team", "model", "action"]);
  });

  it.each(["retrain", "scale"])(
    "tells the program behind %s when a recommendation no longer stands",
    (name) => {
      const receiver = config.receivers.find((one) => one.name === name);
      expect(receiver?.webhook_configs?.map((webhook) => webhook.send_resolved)).toEqual([true]);
    },
  );

  // Alertmanager takes a label that both alerts lack for equal: an `equal` label that one of them lacks mutes nothing, one that both
  // lack mutes everything.
  it.each(config.inhibit_rules)(
    "$source_matchers mutes $target_matchers by labels that both have",
    (rule) => {
      const sources = labelSets().filter((labels) =>
        rule.source_matchers.every((text) => matches(text, labels)),
      );
      const targets = labelSets().filter((labels) =>
        rule.target_matchers.every((text) => matches(text, labels)),
      );
      expect(sources.length).toBeGreaterThan(0);
      expect(targets.length).toBeGreaterThan(0);
      for (const labels of sources)
        expect(Object.keys(labels)).toEqual(expect.arrayContaining([...rule.equal]));
      expect(targets.some((labels) => rule.equal.every((name) => name in labels))).toBe(true);
    },
  );
});

/** The labels of every alert that promtool's tests expect, its name among them. */
function labelSets(): Record<string, string>[] {
  return alerts.flatMap(({ alert }) =>
    expectedAlerts(alert).map(({ exp_labels }) => ({ alertname: alert, ...exp_labels })),
  );
}

function matches(matcher: string, labels: Readonly<Record<string, string>>): boolean {
  const [, name = "", operator, value] = /^(\w+)(!?=)"(.*)"$/.exec(matcher) ?? [];
  expect(operator, `a matcher that this test can read: ${matcher}`).toBeDefined();
  return ((labels[name] ?? "") === value) === (operator === "=");
}
