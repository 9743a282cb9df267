import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RunReport } from "../../src/workloads/run-report.ts";
import { recordedAnswers, scripted } from "../host/gpus/scripted.ts";
import { temporaryFolder } from "../sources/folder.ts";
import { built, freePort, limitedGroup, measured, pythonWithLearning, start, until } from "./run-world.ts";

const seconds = 1000;
const reportIn = (file: string): RunReport => JSON.parse(readFileSync(file, "utf8"));
/** Busy for so many rounds of a shell's loop. */
const busy = (rounds: number) => `i=0; while [ $i -lt ${rounds} ]; do i=$((i+1)); done`;

describe.skipIf(!existsSync(built) || process.platform === "win32")("ml-exporter run", () => {
  describe("ends as its command", () => {
    it.each([
      ["success", ["true"], 0, /training run of fuel succeeded after/],
      ["failure", ["sh", "-c", "exit 3"], 3, /training run of fuel failed with exit code 3 after/],
      ["killed", ["sh", "-c", "kill -9 $$"], 137, /training run of fuel was ended by SIGKILL after/],
      ["crashed", ["sh", "-c", "kill -SEGV $$"], 139, /was ended by SIGSEGV after/],
      ["not found", ["no-such-command"], 127, /^ml-exporter: no-such-command: command not found\n$/],
      ["not executable", ["/etc/passwd"], 126, /^ml-exporter: \/etc\/passwd: not executable\n$/],
    ])("%s", async (_, command, code, said) => {
      const result = await measured([], command);
      expect([result.code, result.signal, result.out]).toEqual([code, null, ""]);
      expect(result.errors).toMatch(said);
    });

    it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
      "by %s, so that a shell's loop ends, too",
      async (name) => {
        const result = await measured([], ["sh", "-c", `kill -${name.slice(3)} $$`]);
        expect([result.code, result.signal]).toEqual([null, name]);
      },
    );

    it("with its own standard input, output and error, and flags that look like ours", async () => {
      const copied = await measured([], ["cat"], { input: "from outside" });
      expect(copied.out).toBe("from outside");
      const told = await measured(
        ["--output", "/dev/null"],
        ["sh", "-c", 'echo "$@" >&2', "sh", "--help", "--", "--version"],
      );
      expect(told.errors).toMatch(/^--help -- --version\n/);
    });

    it("whatever becomes of the report", async () => {
      const url = `http://127.0.0.1:${await freePort()}`;
      const result = await measured(
        ["--output", "/nowhere/report.json", "--exporter.url", url],
        ["sh", "-c", "exit 7"],
        {
          env: { MLFLOW_RUN_ID: "a", MLFLOW_TRACKING_URI: url },
        },
      );
      expect(result.code).toBe(7);
      expect(result.errors.split("\n").filter((line) => line.startsWith("ml-exporter: report"))).toEqual([
        expect.stringMatching(/^ml-exporter: report not written: ENOENT/),
        "ml-exporter: report not delivered: ECONNREFUSED; with --data.dir it is kept for the next run to deliver",
        "ml-exporter: report not written to MLflow: ECONNREFUSED",
      ]);
    });
  });

  describe("passes signals on", () => {
    it.each(["INT", "TERM", "HUP", "QUIT", "USR1", "USR2"] as const)("SIG%s", async (name) => {
      const command = `trap 'echo got ${name}; exit 3' ${name}; echo ready; while :; do sleep 0.05; done`;
      const running = start(["run", "--workload", "fuel", "--", "sh", "-c", command]);
      await until(() => running.out().includes("ready"));
      process.kill(running.pid, `SIG${name}`);
      expect(await running.ended).toEqual({ code: 3, signal: null });
      expect(running.out()).toBe(`ready\ngot ${name}\n`);
    });

    it.skipIf(process.platform !== "linux")("stopping and going on, and stops with its command", async () => {
      const command =
        "trap 'echo stop' TSTP; trap 'echo on' CONT; trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done";
      const running = start(["run", "--workload", "fuel", "--", "sh", "-c", command]);
      await until(() => running.out().includes("ready"));
      const state = () => readFileSync(`/proc/${running.pid}/stat`, "utf8").split(") ")[1]?.[0];
      process.kill(running.pid, "SIGTSTP");
      await until(() => state() === "T" && running.out().includes("stop"));
      process.kill(running.pid, "SIGCONT");
      await until(() => state() !== "T" && running.out().includes("on"));
      process.kill(running.pid, "SIGTERM");
      expect(await running.ended).toEqual({ code: 0, signal: null });
    });
  });

  it.each([
    [["run", "--", "true"], "run: no --workload; expected --workload NAME\n"],
    [
      ["run", "--workload", "fuel"],
      "run: no COMMAND; expected it after --, as in ml-exporter run --workload NAME -- COMMAND\n",
    ],
    [
      ["run", "--workload", "fuel", "touch", "x"],
      "touch: stands before --; expected ml-exporter run [flags] -- COMMAND …\n",
    ],
    [
      ["run", "--workload", "fuel", "--size", "cpu=some", "--", "true"],
      '--size cpu: "some" is not an amount; expected a number over 0\n',
    ],
    [
      ["run", "--workload", "fuel", "--size", "cpu=8,cpu=4", "--", "true"],
      "--size cpu: given twice; expected once, as in cpu=8,memory=32GiB\n",
    ],
    [
      ["run", "--workload", "fuel", "--size", "cpus=1", "--", "true"],
      '--size: unknown key "cpus"; did you mean cpu?\n',
    ],
  ])("%j is one line and exit code 2", async (words, message) => {
    const running = start(words);
    expect(await running.ended).toEqual({ code: 2, signal: null });
    expect(running.errors()).toBe(message);
  });

  describe.skipIf(process.platform !== "linux")("measures", () => {
    it(
      "all of 10,000 children that no reading sees",
      async () => {
        using folder = temporaryFolder();
        const output = join(folder.path, "report.json");
        const command = "i=0; while [ $i -lt 10000 ]; do /bin/true; i=$((i+1)); done; times";
        const { code, out } = await measured(["--output", output], ["sh", "-c", command]);
        expect(code).toBe(0);
        // `times`: user and system time of the shell, then of its children: `0m1.25s 0m0.50s`.
        const times = [...out.matchAll(/(\d+)m([\d.]+)s/g)].map(
          ([, min, sec]) => Number(min) * 60 + Number(sec),
        );
        expect(times).toHaveLength(4);
        const truth = times.reduce((sum, one) => sum + one, 0);
        const { cpuSeconds = 0, used } = reportIn(output);
        expect(truth).toBeGreaterThan(0.5);
        expect(Math.abs(cpuSeconds - truth)).toBeLessThan(0.02 * truth + 0.1);
        expect(used.cpu?.mean).toBeGreaterThan(0);
      },
      180 * seconds,
    );

    it(
      "children, those in sessions of their own, and those that left the tree",
      async () => {
        using folder = temporaryFolder();
        const output = join(folder.path, "report.json");
        const holds = `${process.execPath} -e 'const held = Buffer.alloc(6e7, 1); setTimeout(() => held.length, 3000)'`;
        const command = [
          // Its parent ends at once: nobody of the command ever waits for it.
          `(setsid sh -c '${busy(400_000)}; sleep 1' >/dev/null 2>&1 &)`,
          `${holds} & ${holds}`,
          "wait",
        ].join("\n");
        const { code } = await measured(["--output", output, "--interval", "100ms"], ["sh", "-c", command]);
        expect(code).toBe(0);
        const { used, processes, samples, cpuSeconds = 0 } = reportIn(output);
        expect(processes).toBeGreaterThanOrEqual(4);
        expect(samples).toBeGreaterThanOrEqual(3);
        // Two of 60 MB and what Node itself takes; a plain sum of resident memory would not be less.
        expect(used.memory?.max).toBeGreaterThan(1.2e8);
        expect(used.memory?.mean).toBeLessThanOrEqual(used.memory?.max ?? 0);
        expect(cpuSeconds).toBeGreaterThan(0.1);
      },
      60 * seconds,
    );

    const python = pythonWithLearning();
    if (python === undefined)
      process.stderr.write(
        "skipped: no Python with scikit-learn (python3 -m venv .venv && .venv/bin/pip install scikit-learn)\n",
      );
    it.skipIf(python === undefined && !process.env.CI)(
      "a training with scikit-learn and its worker processes",
      async () => {
        using folder = temporaryFolder();
        const output = join(folder.path, "report.json");
        const script = folder.write("train.py", training);
        const { code, out, errors } = await measured(
          ["--output", output, "--size", "cpu=4,memory=8GiB", "--model", "forest"],
          [python ?? "python3", script],
          { env: { PYTHONWARNINGS: "ignore" } },
        );
        expect(errors).toMatch(/training run of fuel succeeded/);
        expect(code).toBe(0);
        const [, truth] = /^cpu (.*)$/m.exec(out) ?? [];
        const report = reportIn(output);
        expect(report).toMatchObject({
          model: "forest",
          exitCode: 0,
          provisioned: { cpu: 4, memory: 2 ** 33 },
        });
        // What Python counted of itself and its workers, and beyond it the ends of both.
        expect(report.cpuSeconds).toBeGreaterThan(0.98 * Number(truth));
        expect(report.cpuSeconds).toBeLessThan(1.3 * Number(truth) + 2);
        expect(report.processes).toBeGreaterThanOrEqual(3);
        expect(report.used.memory?.max).toBeGreaterThan(1e8);
      },
      180 * seconds,
    );

    it("what it cost, and what less would have done", async () => {
      using folder = temporaryFolder();
      const output = join(folder.path, "report.json");
      const config = folder.write(
        "ml-exporter.yml",
        "prices: { currency: EUR, cpu: 3.6, memory: 0 }\nworkloads: [{ name: fuel, phase: serving, model: m, size: { cpu: 1000, memory: 64GiB } }]\n",
      );
      const flags = ["--output", output, "--config.file", config, "--interval", "100ms"];
      const { errors } = await measured(flags, ["sh", "-c", `${busy(100_000)}; sleep 1`]);
      const report = reportIn(output);
      expect(report).toMatchObject({ phase: "serving", model: "m", provisioned: { cpu: 1000 } });
      // 1000 processors at 3.6 an hour are 1 a second.
      expect(report.cost?.currency).toBe("EUR");
      expect(report.cost?.amount).toBeCloseTo((report.endMs - report.startMs) / 1000, 6);
      expect(report.cost?.recommended).toBeLessThan(0.1 * (report.cost?.amount ?? 0));
      expect(errors).toMatch(/ {2}On .* processors, .* of memory it would have taken /);
      expect(errors).toMatch(/ {2}cost .* EUR; .* EUR at the size that was needed\n/);
      const unknown = start([
        "run",
        "--workload",
        "other",
        "--config.file",
        config,
        "--",
        "touch",
        join(folder.path, "x"),
      ]);
      expect((await unknown.ended).code).toBe(2);
      expect(unknown.errors()).toBe(`--workload: ${config} has no workload "other"; expected one of fuel\n`);
      expect(existsSync(join(folder.path, "x"))).toBe(false);
    });

    it("the GPU that it holds", async () => {
      using folder = temporaryFolder();
      const output = join(folder.path, "report.json");
      const answers = join(folder.path, "answers");
      folder.write("answers/query-gpu.csv", readFileSync(join(recordedAnswers("loaded"), "query-gpu.csv")));
      const apps = folder.write("answers/query-compute-apps.csv", "gpu_uuid, pid, used_gpu_memory [MiB]\n");
      const config = folder.write(
        "ml-exporter.yml",
        `host: { nvidia_smi: ${scripted(answers)} }\nworkloads: [{ name: fuel, phase: training }]\n`,
      );
      const command = `echo "GPU-00000000-0000-0000-0000-000000000000, $$, 2566 MiB" >> ${apps}; exec sleep 4`;
      const flags = ["--output", output, "--config.file", config, "--interval", "100ms"];
      const { code } = await measured(flags, ["sh", "-c", command]);
      expect(code).toBe(0);
      const { used, provisioned } = reportIn(output);
      expect(provisioned).toMatchObject({ gpu: 1, gpu_memory: 81_559 * 2 ** 20 });
      expect(used.gpu?.max).toBe(1);
      // Inside a container nobody can say whose it is, and all 19,818 MiB count.
      expect([2566, 19_818]).toContain((used.gpu_memory?.max ?? 0) / 2 ** 20);
    });

    it("serves its series while it runs", async () => {
      const port = await freePort();
      const running = start([
        ...["run", "--workload", "fuel", "--model", "m", "--size", "cpu=2,memory=1GiB"],
        ...[
          "--web.listen-address",
          `127.0.0.1:${port}`,
          "--",
          "sh",
          "-c",
          "trap 'exit 0' TERM; while :; do sleep 0.05; done",
        ],
      ]);
      let page = "";
      await until(async () => {
        page = await fetch(`http://127.0.0.1:${port}/metrics`).then(
          (answer) => answer.text(),
          () => "",
        );
        return page.includes("ml_workload_memory_bytes");
      });
      process.kill(running.pid, "SIGTERM");
      expect((await running.ended).code).toBe(0);
      const labels = 'workload="fuel",phase="training",model="m"';
      expect(page).toMatch(new RegExp(`^ml_workload_processes\\{${labels}\\} [12]$`, "m"));
      expect(page).toMatch(new RegExp(`^ml_workload_cpu_seconds_total\\{${labels}\\} `, "m"));
      expect(page).toMatch(
        new RegExp(`^ml_workload_utilization_ratio\\{${labels},resource="memory"\\} `, "m"),
      );
      await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow();
    });

    it(
      "that it was killed for lack of memory",
      async ({ skip }) => {
        using group = limitedGroup(1e8);
        if (group === undefined) {
          process.stderr.write("skipped: this user may make no control group with a limit of memory\n");
          return skip();
        }
        using folder = temporaryFolder();
        const output = join(folder.path, "report.json");
        const takes = "const all = []; setInterval(() => all.push(Buffer.alloc(5e6, 1)), 50)";
        const command = `echo $$ > ${group.folder}/cgroup.procs && exec ${process.execPath} -e '${takes}'`;
        const flags = ["--output", output, "--interval", "100ms"];
        const { code, errors } = await measured(flags, ["sh", "-c", command]);
        expect([code, reportIn(output)]).toMatchObject([137, { signal: "SIGKILL", memoryKills: 1 }]);
        expect(errors).toContain("  It ran out of memory: the kernel killed it.\n");
        const plain = await measured(["--output", output], ["sh", "-c", "kill -9 $$"]);
        expect(reportIn(output).memoryKills).toBe(0);
        expect(plain.errors).not.toContain("memory: the kernel");
      },
      60 * seconds,
    );
  });

  it(
    "hands its report to a running exporter, which has it after kill -9, and one that was kept meanwhile",
    async () => {
      using folder = temporaryFolder();
      const config = folder.write(
        "ml-exporter.yml",
        "workloads: [{ name: fuel, phase: training }]\nhost: { enabled: false }\n",
      );
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const serve = async () => {
        const exporter = start([
          ...["serve", "--config.file", config, "--data.dir", join(folder.path, "exporter")],
          ...["--web.listen-address", `127.0.0.1:${port}`],
        ]);
        await until(() =>
          fetch(`${url}/-/ready`).then(
            ({ ok }) => ok,
            () => false,
          ),
        );
        return exporter;
      };
      const runsIn = async (result: string) => {
        const page = await (await fetch(`${url}/metrics`)).text();
        return new RegExp(`^ml_workload_runs_total\\{.*result="${result}"\\} (.*)$`, "m").exec(page)?.[1];
      };
      const flags = ["--exporter.url", url, "--data.dir", join(folder.path, "run")];
      const kept = await measured(flags, ["sh", "-c", "exit 4"]);
      expect(kept.code).toBe(4);
      expect(kept.errors).toContain(
        `report not delivered: ECONNREFUSED; kept in ${join(folder.path, "run", "unsent")}`,
      );
      expect(readdirSync(join(folder.path, "run", "unsent"))).toHaveLength(1);

      const exporter = await serve();
      const delivered = await measured(flags, ["true"]);
      expect(delivered.errors).not.toContain("report");
      expect(readdirSync(join(folder.path, "run", "unsent"))).toEqual([]);
      expect([await runsIn("success"), await runsIn("failure")]).toEqual(["1", "1"]);
      process.kill(exporter.pid, "SIGKILL");
      await exporter.ended;

      const again = await serve();
      await until(async () => (await runsIn("success")) !== undefined);
      expect([await runsIn("success"), await runsIn("failure")]).toEqual(["1", "1"]);
      const stranger = start([
        "run",
        "--workload",
        "other",
        "--exporter.url",
        url,
        "--",
        "sh",
        "-c",
        "exit 5",
      ]);
      expect((await stranger.ended).code).toBe(5);
      expect(stranger.errors()).toContain(
        'report not delivered: 404 no workload "other" is configured; expected one of fuel\n',
      );
      process.kill(again.pid, "SIGTERM");
      expect((await again.ended).code).toBe(0);
    },
    120 * seconds,
  );

  it("writes its report to the MLflow run of its environment", async () => {
    const bodies: unknown[] = [];
    const server = createServer(async (request, response) => {
      let text = "";
      for await (const chunk of request) text += chunk;
      bodies.push([request.url, JSON.parse(text)]);
      response.writeHead(200, { "Content-Type": "application/json", Connection: "close" }).end("{}");
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { errors } = await measured([], ["true"], {
      env: { MLFLOW_RUN_ID: "a1", MLFLOW_TRACKING_URI: url },
    });
    await new Promise((done) => server.close(done));
    expect(errors).not.toContain("MLflow");
    expect(bodies).toMatchObject([["/api/2.0/mlflow/runs/log-batch", { run_id: "a1" }]]);
  });

  const terminal = process.platform === "linux" && spawnSync("python3", ["--version"]).status === 0;
  if (!terminal) process.stderr.write("skipped: no Python 3 that could make a terminal\n");
  it.skipIf(!terminal && !process.env.CI)(
    "leaves the terminal's interrupt to the terminal: the command gets it once",
    () => {
      const command = `trap 'n=$((n+1)); [ $n -gt 1 ] && echo twice' INT; n=0; echo ready; sleep 3 & wait; sleep 2; echo times=$n`;
      const words = [process.execPath, built, "run", "--workload", "fuel", "--", "sh", "-c", command];
      const out = execFileSync("python3", ["-c", interrupting, ...words], {
        encoding: "utf8",
        timeout: 60 * seconds,
      });
      expect(out).toContain("times=1");
      expect(out).not.toContain("twice");
    },
  );
});

/** Runs its arguments on a terminal of its own and presses Ctrl-C once they are ready. */
const interrupting = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
seen, pressed = b"", False
while True:
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        break
    if not piece:
        break
    seen += piece
    if b"ready" in seen and not pressed:
        pressed = True
        os.write(terminal, b"\\x03")
os.waitpid(pid, 0)
sys.stdout.write(seen.decode(errors="replace"))
`;

/** Two worker processes; prints what Python itself counts once these were waited for. */
const training = `
import os
from joblib.externals.loky import get_reusable_executor
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_score

x, y = make_classification(3000, 20, random_state=1)
scores = cross_val_score(RandomForestClassifier(60, random_state=1), x, y, cv=4, n_jobs=2)
assert scores.mean() > 0.8
get_reusable_executor().shutdown(wait=True)
print("cpu", sum(os.times()[:4]))
`;
