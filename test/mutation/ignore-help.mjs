import { declareValuePlugin, PluginKind } from "@stryker-mutator/api/plugin";

/** HELP texts are read by people, not by tests: the value of a property named `help`. */
export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, "help", {
    shouldIgnore: (path) =>
      path.isObjectProperty() && path.node.key.name === "help" ? "a text for people" : undefined,
  }),
];
