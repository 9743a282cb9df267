// Names every optional platform package in package-lock.json (`npm run lock`, after each `npm install`).
//
// A registry mirror may lack packages of other operating systems. npm then leaves them out of the lock, `npm ci` of npm 11 stops because
// they are missing there, and users of those systems would get no binary. Where an entry is added its integrity is not known and left
// out; name, version, operating system and processor are, so that npm takes or skips it as the package itself would have said.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const systems = [
  "aix",
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32",
];
const processors = [
  "arm",
  "arm64",
  "ia32",
  "loong64",
  "mips64el",
  "ppc64",
  "riscv64",
  "s390x",
  "wasm32",
  "x64",
];

/** The lock with an entry for each optional dependency that it lacks, and the names of those added. */
export function completeLock(lock) {
  const packages = { ...lock.packages };
  const added = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      if (isLocked(packages, path, name)) continue;
      packages[`node_modules/${name}`] = platformEntry(name, range, entry.dev);
      added.push(name);
    }
  }
  const sorted = Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1));
  return { lock: { ...lock, packages: Object.fromEntries(sorted) }, added };
}

/** Whether Node's resolution finds the package from the dependent's folder: nested in it or in a folder above. */
export function isLocked(packages, dependent, name) {
  for (
    let folder = dependent;
    ;
    folder = folder.slice(0, Math.max(folder.lastIndexOf("/node_modules/"), 0))
  ) {
    if (`${folder === "" ? "" : `${folder}/`}node_modules/${name}` in packages) return true;
    if (folder === "") return false;
  }
}

function platformEntry(name, range, dev) {
  if (!/^\d+\.\d+\.\d+/.test(range))
    throw new Error(`${name}: "${range}" is not one version; only the registry can tell which`);
  // The last part of the name: cli-linux-x64-musl, binding-linux-arm-gnueabihf, binding-wasm32-wasi.
  const words = name.slice(name.lastIndexOf("/") + 1).split("-");
  const os = words.filter((word) => systems.includes(word));
  const cpu = words.filter((word) => processors.includes(word));
  if (cpu.length !== 1) throw new Error(`${name}: for which processor?`);
  return {
    version: range,
    cpu,
    ...(dev ? { dev: true } : {}),
    ...(words.some((word) => word.startsWith("musl")) ? { libc: ["musl"] } : {}),
    ...(words.some((word) => word.startsWith("gnu")) ? { libc: ["glibc"] } : {}),
    optional: true,
    ...(os.length > 0 ? { os } : {}),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const path = new URL("../package-lock.json", import.meta.url);
  const result = completeLock(JSON.parse(readFileSync(path, "utf8")));
  writeFileSync(path, `${JSON.stringify(result.lock, null, 2)}\n`);
  console.log(`package-lock.json: ${result.added.length} platform packages added`);
}
