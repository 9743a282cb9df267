import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "../exporter/parse.ts";
import { temporaryFolder } from "../sources/folder.ts";
import { modelYaml, until, writeUsual } from "./world.ts";

const built = resolve(import.meta.dirname, "../../dist/cli.js");
type Folder = ReturnType<typeof temporaryFolder>;

/** `ml-exporter serve` in a folder, as a process of its own. */
function serve(folder: Folder, listen = "127.0.0.1:0", data = "data") {
  const flags = {
    "config.file": `${folder.path}/ml-exporter.yml`,
    "data.dir": `${folder.path}/${data}`,
    "web.listen-address": listen,
  };
  const given = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
  const child = spawn(process.execPath, [built, "serve", ...given], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text: Buffer) => {
      said += text.toString().replaceAll(folder.path, "FOLDER");
    });
  }
  const exit = once(child, "close").then(([code, signal]) => ({ code, signal }));
  return {
    child,
    exit,
    said: () => said,
    address: () =>
      until(async () => {
        if (child.exitCode !== null) throw new Error(said);
        return /address=(\S+)/.exec(said)?.[1];
      }),
    /** Ends it; gives how, after a while by force. */
    async stop(signal: NodeJS.Signals) {
      child.kill(signal);
      const force = setTimeout(() => child.kill("SIGKILL"), 4000);
      const how = await exit;
      clearTimeout(force);
      return how;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exit;
    },
  };
}

const scrape = async (address: string) => parse(await (await fetch(`${address}/metrics`)).text(), "text");
const rowsOf = (samples: ReturnType<typeof parse>) =>
  samples.find(({ name, labels }) => name === "ml_window_predictions" && labels.window === "3d")?.value;

describe.skipIf(!existsSync(built))("the built program serves", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "until %s, and ends with 0 also while clients are slow",
    async (signal) => {
      using folder = temporaryFolder();
      writeUsual(folder);
      await using program = serve(folder);
      const address = await program.address();
      expect((await fetch(`${address}/-/ready`)).status).toBe(200);
      expect(await until(async () => rowsOf(await scrape(address)))).toBe(30);
      const { hostname, port } = new URL(address);
      // One that never finishes asking, and one that asks and never reads.
      const asking = connect(Number(port), hostname, () => asking.write("GET /metrics HTTP/1.1\r\nHost: a"));
      const deaf = connect(Number(port), hostname, () =>
        deaf.write("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"),
      );
      deaf.pause();
      for (const socket of [asking, deaf]) socket.on("error", () => undefined);
      await Promise.all([once(asking, "connect"), once(deaf, "connect")]);
      expect(await program.stop(signal)).toEqual({ code: 0, signal: null });
      expect(program.said()).toMatch(/level=info msg=stopping\n$/);
      expect(existsSync(`${folder.path}/data/lock`)).toBe(false);
    },
  );

  it("not twice on one data directory: one line and 2", async () => {
    using folder = temporaryFolder();
    writeUsual(folder);
    await using first = serve(folder);
    const address = await first.address();
    await using second = serve(folder);
    expect(await second.exit).toEqual({ code: 2, signal: null });
    expect(second.said()).toBe(
      `data directory FOLDER/data: used by another process (pid ${first.child.pid}); give each exporter its own --data.dir\n`,
    );
    expect((await fetch(`${address}/-/healthy`)).status).toBe(200);
  });

  it("not on a port in use: one line and 2", async () => {
    using folder = temporaryFolder();
    writeUsual(folder);
    await using first = serve(folder);
    const { host } = new URL(await first.address());
    await using second = serve(folder, host, "other");
    expect(await second.exit).toEqual({ code: 2, signal: null });
    expect(second.said()).toBe(
      `web.listen-address ${host}: already in use; give another with --web.listen-address\n`,
    );
  });

  it("again after SIGKILL, with the rows it knew", async () => {
    using folder = temporaryFolder();
    writeUsual(folder);
    await using first = serve(folder);
    const before = await first.address();
    await until(async () => rowsOf(await scrape(before)));
    expect(await first.stop("SIGKILL")).toEqual({ code: null, signal: "SIGKILL" });
    expect(existsSync(`${folder.path}/data/lock`)).toBe(true);
    await using second = serve(folder);
    const after = await second.address();
    expect(await until(async () => rowsOf(await scrape(after)))).toBe(30);
    const read = (await scrape(after)).filter(({ name }) => name === "ml_exporter_rows_read_total");
    expect(read.map(({ value }) => value)).toEqual([0, 0]);
  });

  it("and loads its configuration anew on SIGHUP, a faulty one not", async () => {
    using folder = temporaryFolder();
    writeUsual(folder);
    await using program = serve(folder);
    const address = await program.address();
    const models = async () =>
      (await scrape(address)).flatMap(({ name, labels }) => (name === "ml_model_info" ? [labels.model] : []));
    await until(async () => (await models()).join() === "m");
    folder.write("ml-exporter.yml", "models: []\n");
    program.child.kill("SIGHUP");
    await until(async () => program.said().includes("configuration not loaded; the one before stays"));
    expect(await models()).toEqual(["m"]);
    folder.write("ml-exporter.yml", `models:${modelYaml("other")}`);
    program.child.kill("SIGHUP");
    await until(async () => (await models()).join() === "other");
    expect(await program.stop("SIGTERM")).toEqual({ code: 0, signal: null });
  });
});
