// `npm run build && node --expose-gc test/bench/workloads.mjs`: what reading 50 workloads among 500 processes costs, beside node_exporter
// and process-exporter where they are installed (apt-get install prometheus-node-exporter prometheus-process-exporter). Takes three minutes.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { placesOf } from "../../dist/host/places.js";
import { startWorkloads } from "../../dist/workloads/workloads.js";

const intervalMs = 15_000;
const workloads = 50;
/** Each a shell and four that it started; half of all processes belong to nobody. */
const perWorkload = 5;
const processes = 500;
const folder = mkdtempSync(join(tmpdir(), "ml-exporter-bench-"));
const started = [];

/** Processor seconds of a process, all threads; ended children are not in it. */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Milliseconds that this program's main thread, which runs the event loop, has been on a processor. */
const loopMs = () =>
  Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ")[0]) / 1e6;
const residentMb = () => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
const totalMs = () => Object.values(process.cpuUsage()).reduce((sum, each) => sum + each, 0) / 1000;

/** The least that anybody has to do. */
function readStats() {
  for (const pid of readdirSync("/proc")) {
    try {
      if (/^\d+$/.test(pid)) readFileSync(`/proc/${pid}/stat`, "utf8");
    } catch {
      // It ended.
    }
  }
}

/** In a process of its own: the readings alone, four of them, against as long without any. */
async function readings() {
  const configs = Array.from({ length: workloads }, (_, index) => ({
    name: `w${index}`,
    match: { command: `bench-marker-${index}\\b` },
    size: { cpu: 1 },
    target: { cpu: 0.7 },
    signals: [],
  }));
  globalThis.gc();
  const idleMb = residentMb();
  /** As in pieces.mjs: time of the thread between two ticks, for on a busy machine other processes would count as ours. */
  const watchBlocks = () => {
    let last = loopMs();
    let longest = 0;
    const ticks = setInterval(() => {
      const now = loopMs();
      longest = Math.max(longest, now - last);
      last = now;
    }, 1);
    return () => {
      clearInterval(ticks);
      return longest;
    };
  };
  const found = [];
  const collected = () =>
    new Promise((resolve) => {
      running.next = resolve;
    });
  const running = {};
  const measured = startWorkloads({
    places: placesOf("/"),
    gpus: () => undefined,
    onReading: (usages) => {
      found.push([...usages.values()].reduce((sum, usage) => sum + usage.processes, 0));
      running.next?.();
    },
    onFault: (error) => console.error(error),
    intervalMs,
  });
  // The first reading knows nothing yet and runs cold.
  let before = [totalMs(), loopMs()];
  const first = collected();
  const startedMs = performance.now();
  measured.configure(configs);
  await first;
  const cold = [totalMs() - before[0], loopMs() - before[1]];
  // An exporter runs for long: its code is warm.
  for (let round = 0; round < 20; round += 1) {
    await wait(200);
    const warmed = collected();
    measured.configure(configs);
    await warmed;
  }
  await wait(intervalMs - ((performance.now() - startedMs) % intervalMs) + 2_000);
  const times = [];
  let peakMb = residentMb();
  for (let round = 0; round < 4; round += 1) {
    await wait(intervalMs - 3_000);
    before = [totalMs(), loopMs()];
    await collected();
    const after = [totalMs(), loopMs()];
    readStats();
    times.push([after[0] - before[0], after[1] - before[1], loopMs() - after[1]]);
    peakMb = Math.max(peakMb, residentMb());
    await wait(1_000);
  }
  // Once more with somebody who watches, which costs, too.
  await wait(intervalMs - 3_000);
  const longestBlock = watchBlocks();
  await collected();
  const blockMs = longestBlock();
  await measured.stop();
  const median = (index) => times.map((each) => each[index]).sort((a, b) => a - b)[times.length >> 1];
  process.send({
    found: found.at(-1),
    cold,
    cpuMs: median(0),
    loopMs: median(1),
    bareMs: median(2),
    blockMs,
    addedMb: peakMb - idleMb,
  });
}

const countProcesses = () => readdirSync("/proc").filter((name) => /^\d+$/.test(name)).length;

/** 500 processes, half of them in 50 trees with a marker in their arguments. */
async function populate() {
  for (let index = 0; index < workloads; index += 1) {
    const sleeps = "sleep 600 & ".repeat(perWorkload - 1);
    started.push(
      spawn("sh", ["-c", `${sleeps} wait`, `bench-marker-${index}`], { stdio: "ignore", detached: true }),
    );
  }
  await wait(3_000);
  // With those that run here anyway there are 500.
  const others = processes - countProcesses();
  for (let index = 0; index < others; index += 1)
    started.push(spawn("sleep", ["600"], { stdio: "ignore", detached: true }));
  // Past their first minute they are read as what runs for long is.
  await wait(62_000);
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Processor milliseconds of a scrape and resident megabytes of another exporter; undefined where it is not installed. */
async function rival(command, argsOf) {
  if (spawnSync("sh", ["-c", `command -v ${command}`]).status !== 0) {
    console.log(`skipped: ${command} is not installed (apt-get install ${command})`);
    return undefined;
  }
  const port = await freePort();
  const child = spawn(command, argsOf(port), { stdio: "ignore" });
  try {
    const scrape = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    for (let attempt = 0; attempt < 50; attempt += 1) {
      if (await scrape().catch(() => undefined)) break;
      await wait(200);
    }
    await scrape();
    const before = cpuOf(child.pid);
    const scrapes = 20;
    for (let index = 0; index < scrapes; index += 1) {
      await scrape();
      await wait(100);
    }
    const cpuMs = ((cpuOf(child.pid) - before) / scrapes) * 1000;
    const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
    return { cpuMs, residentMb: Number(/^VmRSS:\s+(\d+)/m.exec(status)[1]) / 1024 };
  } finally {
    child.kill("SIGKILL");
  }
}

const percent = (cpuMs) => `${((cpuMs / intervalMs) * 100).toFixed(2)} % of a core at ${intervalMs / 1000} s`;

async function bench() {
  try {
    await populate();
    const child = spawn(process.execPath, ["--expose-gc", fileURLToPath(import.meta.url), "readings"], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const measured = await new Promise((resolve, reject) => {
      child.on("message", resolve);
      child.on("exit", (code) => reject(new Error(`readings ended: ${code}`)));
    });
    const config = join(folder, "process-exporter.yml");
    writeFileSync(
      config,
      'process_names:\n  - name: "{{.Matches.w}}"\n    cmdline: ["(?P<w>bench-marker-\\\\d+)"]\n',
    );
    const rivals = {
      "prometheus-node-exporter": await rival("prometheus-node-exporter", (port) => [
        `--web.listen-address=127.0.0.1:${port}`,
      ]),
      "prometheus-process-exporter": await rival("prometheus-process-exporter", (port) => [
        `--web.listen-address=127.0.0.1:${port}`,
        `--config.path=${config}`,
      ]),
    };
    console.log(
      `${workloads} workloads on ${countProcesses()} processes, ${measured.found} of them theirs; the first reading took ${measured.cold[0].toFixed(0)} ms CPU, ${measured.cold[1].toFixed(0)} of them in the event loop`,
    );
    for (const [name, figures] of Object.entries(rivals)) {
      if (figures)
        console.log(
          `${name}: ${figures.cpuMs.toFixed(1)} ms CPU a scrape, ${percent(figures.cpuMs)}; ${figures.residentMb.toFixed(0)} MB resident`,
        );
    }
    console.log(
      `readings of workloads: ${measured.cpuMs.toFixed(1)} ms CPU each, ${percent(measured.cpuMs)}`,
    );
    console.log(
      `event loop of one reading: ${measured.loopMs.toFixed(1)} ms; plain readFileSync() of every /proc/PID/stat: ${measured.bareMs.toFixed(1)} ms`,
    );
    verdict("reading workloads, CPU at 15 s", (measured.cpuMs / intervalMs) * 100, 1, " % of a core");
    verdict("reading workloads, memory above idle", measured.addedMb, 60, " MB");
    verdict("one reading, CPU of the event loop", measured.loopMs, 20, " ms");
    verdict("one reading, longest block of the event loop", measured.blockMs, 20, " ms");
  } finally {
    for (const { pid } of started) {
      try {
        process.kill(-pid, "SIGKILL");
      } catch {
        // It ended before.
      }
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

function verdict(what, value, limit, unit) {
  const good = value <= limit;
  console.log(`${good ? "ok  " : "MISS"} ${what}: ${value.toFixed(2)}${unit} (at most ${limit}${unit})`);
  if (!good) process.exitCode = 1;
}

await (process.argv[2] === "readings" ? readings() : bench());
