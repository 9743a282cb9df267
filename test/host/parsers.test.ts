import { describe, expect, it } from "vitest";
import { parseDiskstats } from "../../src/host/disk.ts";
import { saysAbsent } from "../../src/host/files.ts";
import { parseCpuinfo } from "../../src/host/info.ts";
import { parseLoad } from "../../src/host/load.ts";
import { memorySamples, parseMemory } from "../../src/host/memory.ts";
import { network, parseNetDev } from "../../src/host/network.ts";
import { parsePressure } from "../../src/host/pressure.ts";
import { parseSwap } from "../../src/host/swap.ts";
import { placesIn, recordedFolder, sampleValue } from "./recorded.ts";

const meminfo = `MemTotal:       24684084 kB
MemFree:        24129844 kB
MemAvailable:   24288300 kB
Buffers:           11136 kB
SwapTotal:       2097148 kB
SwapFree:        2097000 kB
HugePages_Total:       0
`;

describe("memory", () => {
  it("bytes, and the share that is not available", () => {
    const samples = memorySamples(parseMemory(meminfo));
    expect(sampleValue(samples, "ml_host_memory_total_bytes")).toBe(25_276_502_016);
    expect(sampleValue(samples, "ml_host_memory_available_bytes")).toBe(24_871_219_200);
    expect(sampleValue(samples, "ml_host_memory_utilization_ratio")).toBeCloseTo(0.016034, 6);
  });

  it("of a kernel that does not say what is available only the total is known", () => {
    const samples = memorySamples(parseMemory(meminfo.replace(/^MemAvailable.*\n/m, "")));
    expect(samples.map(({ name }) => name)).toEqual(["ml_host_memory_total_bytes"]);
  });

  it("nothing available is a value", () => {
    const samples = memorySamples({ total: 4, available: 0 });
    expect(sampleValue(samples, "ml_host_memory_available_bytes")).toBe(0);
    expect(sampleValue(samples, "ml_host_memory_utilization_ratio")).toBe(1);
  });

  it.each(["", meminfo.replace(/24684084/, "0"), "MemTotal: many kB\n"])("refused (%#)", (text) => {
    expect(() => parseMemory(text)).toThrow("/proc/meminfo: no MemTotal");
  });
});

describe("swap", () => {
  it.each([
    ["in use", meminfo, { total: 2_147_479_552, used: 151_552 }],
    ["none on the host", "SwapTotal: 0 kB\nSwapFree: 0 kB\n", { total: 0, used: 0 }],
    ["not told", "MemTotal: 1 kB\nSwapTotal: 5 kB\n", undefined],
  ])("%s", (_name, text, expected) => {
    expect(parseSwap(text)).toEqual(expected);
  });
});

describe("load", () => {
  it.each([
    ["0.20 0.18 0.12 1/80 11206\n", 0.2],
    ["0.00 0.01 0.05 1/160 9\n", 0],
    ["128.07 100.00 90.00 130/4000 5\n", 128.07],
  ])("%j", (text, expected) => {
    expect(parseLoad(text)).toBe(expected);
  });

  it.each(["", "nan 0 0", "-1.00 0 0 1/2 3"])("refused: %j", (text) => {
    expect(() => parseLoad(text)).toThrow("/proc/loadavg: no load average");
  });
});

describe("pressure", () => {
  // Documentation/accounting/psi.rst; the line `full` of processors came with Linux 5.13.
  const some = "some avg10=0.09 avg60=11.22 avg300=9.82 total=6380684855\n";
  it.each([
    ["both lines", `${some}full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n`, 6380.684855],
    ["processors before Linux 5.13", some, 6380.684855],
    ["none yet", "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n", 0],
  ])("%s", (_name, text, expected) => {
    expect(parsePressure(text, "/proc/pressure/cpu")).toBe(expected);
  });

  it.each(["", "full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n", "some avg10=0.09 total="])(
    "refused: %j",
    (text) => {
      expect(() => parsePressure(text, "/proc/pressure/io")).toThrow('/proc/pressure/io: no total of "some"');
    },
  );

  it.each([
    ["ENOENT", true],
    ["ENOTSUP", true],
    ["EACCES", false],
    ["EIO", false],
  ])("%s says that there is none: %s", (code, expected) => {
    expect(saysAbsent(Object.assign(new Error(code), { code }))).toBe(expected);
  });

  it("an error that is none of a file is a fault", () => {
    expect(saysAbsent(new Error("ENOENT"))).toBe(false);
    expect(saysAbsent("ENOENT")).toBe(false);
  });
});

describe("disks", () => {
  const row = (device: string) => ` 8 0 ${device} 5 1 100 9 7 2 300 8 0 4 17 0 0 0 0 0 0`;

  it("sectors are of 512 bytes", () => {
    expect(parseDiskstats(`${row("sda")}\n`)).toEqual([{ device: "sda", read: 51_200, written: 153_600 }]);
  });

  // The first two lines: node_exporter's default --collector.diskstats.device-exclude, matched and not.
  it.each(["ram0", "loop12", "fd0", "sda1", "hdb2", "vda15", "xvda1", "nvme0n1p1", "zram0", "sdaa1"])(
    "no disk: %s",
    (device) => {
      expect(parseDiskstats(row(device))).toEqual([]);
    },
  );
  it.each(["sda", "sdaa", "hdb", "vda", "xvdf", "nvme0n1", "nvme10n2", "dm-0", "md127", "mmcblk0", "sr0"])(
    "a disk: %s",
    (device) => {
      expect(parseDiskstats(row(device)).map((disk) => disk.device)).toEqual([device]);
    },
  );

  it.each(["", "\n\n", " 8 1 sda1 10 80 20 160\n"])("nothing in %j", (text) => {
    expect(parseDiskstats(text)).toEqual([]);
  });
});

describe("network", () => {
  const header = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;
  const columns = "1234 5 0 0 0 0 0 0 98765 6 0 0 0 0 0 0";

  it.each([
    ["a blank behind the colon", `  eth0: ${columns}\n`],
    ["none, as before Linux 2.6.33", `  eth0:${columns}\n`],
  ])("%s", (_name, line) => {
    expect(parseNetDev(header + line)).toEqual([{ device: "eth0", received: 1234, sent: 98_765 }]);
  });

  it.each(["lo", "veth1a2b3c4", "cali0123456789a", "lxc9f8e7d", "docker0", "br-0123456789ab", "cni0"])(
    "not shown: %s",
    (device) => {
      expect(parseNetDev(`${header}${device}: ${columns}\n`)).toEqual([]);
    },
  );
  it.each(["0123456789abcde", "virbr0", "vnet3", "flannel.1", "ifb0", "dummy0", "podman1", "cbr0"])(
    "nor: %s",
    (device) => {
      expect(parseNetDev(`${header}${device}: ${columns}\n`)).toEqual([]);
    },
  );
  it.each(["eth0", "eno1", "enp3s0f1", "wlan0", "bond0", "ib0", "wg0", "br0", "lowpan0", "eth0.100", "end0"])(
    "shown: %s",
    (device) => {
      expect(parseNetDev(`${header}${device}: ${columns}\n`).map((each) => each.device)).toEqual([device]);
    },
  );

  it.each([
    ["the first process's, also where the program has its own", "kubernetes-v2", {}, "55555555555"],
    ["its own, where it may not see the first process", "offline-cpus", {}, "900"],
    ["not its own for another host's", "kubernetes-v2", { proc: "/nowhere" }, undefined],
  ] as const)("devices are %s", async (_name, tree, changed, received) => {
    const places = { ...placesIn(recordedFolder(tree)), ...changed };
    const found = await network.read({ places, atMs: 0, previous: {} });
    expect(found?.samples[0]?.value.toString()).toBe(received);
  });

  it.each(["", header, `${header}eth0: 1 2 3\n`, `${header}eth0: many\n`])("nothing in %j", (text) => {
    expect(parseNetDev(text)).toEqual([]);
  });
});

describe("processor's name", () => {
  it.each([
    ["x86", "processor\t: 0\ncpu family\t: 6\nmodel name\t: AMD EPYC 7R13\ncpu MHz\t: 1\n", "AMD EPYC 7R13"],
    [
      "POWER",
      "processor\t: 0\ncpu\t\t: POWER9, altivec supported\nclock\t: 1\n",
      "POWER9, altivec supported",
    ],
    ["MIPS", "system type\t: x\ncpu model\t: ICT Loongson-3\n", "ICT Loongson-3"],
    ["ARM, by number only", "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n", undefined],
    ["nothing", "", undefined],
  ])("%s", (_name, text, expected) => {
    expect(parseCpuinfo(text)).toBe(expected);
  });
});
