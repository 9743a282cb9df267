// A process for tests to look at: node child.mjs WHAT ARGUMENT; it says "ready" and ends with its standard input.
import { spawn, spawnSync } from "node:child_process";

const [what, argument = ""] = process.argv.slice(2);
const busyCode = (seconds) => `
  const spent = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; };
  while (spent() < ${seconds}) for (let i = 0; i < 1e6; i++);`;
const held = [];

const deeds = {
  /** Holds so many MiB. */
  hold: () => {
    held.push(Buffer.alloc(Number(argument) * 1024 ** 2, 1));
  },
  /** Keeps a processor busy from now on, in slices. */
  busy: () => {
    setInterval(() => {
      const end = performance.now() + 50;
      while (performance.now() < end);
    }, 60);
  },
  /** Has waited for a child that was busy for so many seconds. */
  "busy-child": () => spawnSync(process.execPath, ["-e", busyCode(argument)]),
  retitle: () => {
    process.title = argument;
  },
  /** Starts so many short-lived children, one after the other. */
  storm: () => {
    let left = Number(argument);
    const next = () => {
      if (left-- > 0) spawn("true", { stdio: "ignore" }).on("exit", next);
    };
    setTimeout(next, 0);
  },
  /** Starts a daemon that outlives it, busy, says its id and ends. */
  daemon: () => {
    const grown = spawn(process.execPath, [import.meta.filename, "busy"], {
      detached: true,
      stdio: ["ignore", "ignore", "ignore"],
    });
    grown.unref();
    process.stdout.write(`${grown.pid} `);
  },
};

deeds[what]();
process.stdout.write("ready\n");
// A daemon has no input: it ends by itself if it is forgotten.
setTimeout(() => process.exit(), 60_000).unref();
if (what !== "busy") process.stdin.resume().on("end", () => process.exit(held.length > 1 ? 1 : 0));
