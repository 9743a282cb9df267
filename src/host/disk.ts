import { join } from "node:path";
import type { Sample } from "../catalogue.ts";
import { readIfThere } from "./files.ts";
import type { Reading } from "./reading.ts";

/** Sectors of /proc/diskstats are of 512 bytes, whatever the disk's own are (Documentation/block/stat.rst). */
const sectorBytes = 512;

/**
 * What node_exporter leaves out by default: memory and files that pose as disks, floppies, and partitions, whose bytes are their
 * disk's. Disks after the 26th have two letters (`sdaa`).
 */
const noDisk = /^(z?ram|loop|fd|(h|s|v|xv)d[a-z]+|nvme\d+n\d+p)\d+$/;

/** Bytes that the disks of the host read and wrote. */
export const disk: Reading = {
  async read({ places }) {
    const text = await readIfThere(join(places.proc, "diskstats"));
    return text === undefined ? undefined : { samples: diskSamples(parseDiskstats(text)), state: {} };
  },
};

/** Bytes since the device appeared. */
export interface Disk {
  readonly device: string;
  readonly read: number;
  readonly written: number;
}

/** The whole disks in the text of /proc/diskstats: major, minor, name, then reads, merged, sectors, ms, writes, merged, sectors, …. */
export function parseDiskstats(text: string): Disk[] {
  return text.split("\n").flatMap((line) => {
    const [, , device, , , read, , , , written] = line.trim().split(/\s+/);
    // Lines of partitions on kernels before 2.6.25 have fewer columns.
    if (device === undefined || written === undefined || noDisk.test(device)) return [];
    return [{ device, read: Number(read) * sectorBytes, written: Number(written) * sectorBytes }];
  });
}

/** Layers (`md0`, `dm-0`) have series of their own beside the disks they lie on: adding devices up counts some bytes twice. */
const diskSamples = (disks: readonly Disk[]): Sample[] =>
  disks.flatMap(({ device, read, written }) => [
    { name: "ml_host_disk_read_bytes_total", labels: { device }, value: read },
    { name: "ml_host_disk_written_bytes_total", labels: { device }, value: written },
  ]);
