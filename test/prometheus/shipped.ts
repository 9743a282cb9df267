import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";

/** An alerting or recording rule as its file says it. */
export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An alerting rule. */
export interface Alert extends Rule {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** One promtool test file, as far as the checks read it. */
interface PromtoolFile {
  readonly tests: readonly {
    readonly alert_rule_test?: readonly {
      readonly alertname: string;
      readonly exp_alerts?: readonly {
        readonly exp_labels: Readonly<Record<string, string>>;
        readonly exp_annotations?: Readonly<Record<string, string>>;
      }[];
    }[];
    readonly promql_expr_test?: readonly { readonly expr: string }[];
  }[];
}

const ruleFolder = "prometheus/rules";

/** The rule files that are shipped. */
export const ruleFiles = readdirSync(ruleFolder)
  .filter((name) => name.endsWith(".yml"))
  .map((name) => `${ruleFolder}/${name}`);

/** Every shipped rule. */
export const rules: readonly Rule[] = ruleFiles.flatMap((path) =>
  (parse(readFileSync(path, "utf8")) as { groups: { rules: Rule[] }[] }).groups.flatMap(
    (group) => group.rules,
  ),
);

/** Every shipped alerting rule. */
export const alerts = rules.filter((rule): rule is Alert => rule.alert !== undefined);

/** promtool's test files. */
export const testFiles = readdirSync("test/prometheus")
  .filter((name) => name.endsWith(".test.yml"))
  .map((name) => `test/prometheus/${name}`);

const cases = testFiles.flatMap((path) => (parse(readFileSync(path, "utf8")) as PromtoolFile).tests);
const expectations = cases.flatMap((one) => one.alert_rule_test ?? []);

/** The alerts that promtool's tests expect to fire under this name. */
export function expectedAlerts(name: string) {
  return expectations.filter((one) => one.alertname === name).flatMap((one) => one.exp_alerts ?? []);
}

/** Whether promtool's tests expect silence of this alert somewhere. */
export function expectsSilence(name: string): boolean {
  return expectations.some((one) => one.alertname === name && (one.exp_alerts ?? []).length === 0);
}

/** The expressions that promtool's tests evaluate. */
export const testedExpressions = cases.flatMap((one) =>
  (one.promql_expr_test ?? []).map((test) => test.expr),
);
