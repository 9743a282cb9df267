import { dirname, join } from "node:path";
import type { Sample } from "../catalogue.ts";
import { readIfThere } from "./files.ts";
import type { Places, Reading } from "./reading.ts";

/**
 * Not shown: the loopback, whose bytes never leave the host; ends of the cables to containers (`veth…`, Calico's, Cilium's, and names
 * of 15 hexadecimal digits, which kube-prometheus leaves out as well), which come and go with every container; bridges and overlays
 * of containers and virtual machines, whose bytes are counted at the physical device if they leave; queues and dummies.
 */
const notShown =
  /^(lo|veth.*|cali.*|lxc.*|cilium.*|[0-9a-f]{15}|docker\d+|br-[0-9a-f]{12}|cni\d+|cbr\d+|podman\d+|virbr\d+|vnet\d+|flannel.*|ifb\d+|dummy\d+)$/;

/** Bytes that the network devices of the host received and sent. */
export const network: Reading = {
  async read({ places }) {
    const text = await readDevices(places);
    return text === undefined ? undefined : { samples: networkSamples(parseNetDev(text)), state: {} };
  },
};

/**
 * The host's devices are those of its first process; `/host/proc/net` would be those of the container that this program runs in.
 * Only of its own /proc may it fall back on its own devices, where it may not see the first process (`hidepid`).
 */
async function readDevices({ proc, self }: Places): Promise<string | undefined> {
  const first = await readIfThere(join(proc, "1/net/dev"));
  return first === undefined && dirname(self) === proc ? readIfThere(join(self, "net/dev")) : first;
}

/** Bytes since the device appeared. */
export interface NetworkDevice {
  readonly device: string;
  readonly received: number;
  readonly sent: number;
}

/** The devices in the text of /proc/net/dev: two lines of header, then `eth0: bytes packets … ` with eight columns each way. */
export function parseNetDev(text: string): NetworkDevice[] {
  return text.split("\n").flatMap((line) => {
    // Kernels before 2.6.33 put no space behind the colon.
    const colon = line.lastIndexOf(":");
    const device = line.slice(0, colon).trim();
    const columns = line.slice(colon + 1).trim();
    if (colon < 0 || notShown.test(device)) return [];
    const [received, sent] = [columns.split(/\s+/)[0], columns.split(/\s+/)[8]].map(Number);
    if (received === undefined || sent === undefined || Number.isNaN(received + sent)) return [];
    return [{ device, received, sent }];
  });
}

const networkSamples = (devices: readonly NetworkDevice[]): Sample[] =>
  devices.flatMap(({ device, received, sent }) => [
    { name: "ml_host_network_receive_bytes_total", labels: { device }, value: received },
    { name: "ml_host_network_transmit_bytes_total", labels: { device }, value: sent },
  ]);
