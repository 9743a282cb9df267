import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { saysAbsent } from "../files.ts";

/** A graphics card in sysfs. */
export interface Card {
  /** `0` of card0. */
  readonly index: string;
  /** Its PCI device's folder. */
  readonly folder: string;
  /** Its place on the PCI bus, `0000:03:00.0`: unique on a host, the same at each start. */
  readonly slot: string;
  /** `0x744c` */
  readonly device: string;
  /** Folder of its sensors, if it has any. */
  readonly sensors: string | undefined;
  /**
   * Switched off until it is needed (laptops). Asking for its figures would wake it up with older kernels and fails with newer ones.
   */
  readonly asleep: boolean;
}

/**
 * What a driver answers that has no such figure now: reset, asleep or not supported by this model (amdgpu: EPERM, EINVAL, ENODATA, EBUSY).
 */
const notNowCodes = new Set(["EPERM", "EINVAL", "ENODATA", "EBUSY", "EAGAIN"]);

/** The cards of a PCI vendor (`0x1002`); connectors (`card0-DP-1`) and cards without a PCI device are none. */
export async function readCards(sys: string, vendor: string): Promise<Card[]> {
  const drm = join(sys, "class/drm");
  const cards: Card[] = [];
  for (const name of await entries(drm)) {
    const folder = join(drm, name, "device");
    if (!/^card\d+$/.test(name) || (await readText(join(folder, "vendor"))) !== vendor) continue;
    const sensors = (await entries(join(folder, "hwmon"))).sort()[0];
    const event = (await readText(join(folder, "uevent"))) ?? "";
    cards.push({
      index: name.slice("card".length),
      folder,
      slot: /^PCI_SLOT_NAME=(.+)$/m.exec(event)?.[1] ?? name,
      device: (await readText(join(folder, "device"))) ?? "",
      sensors: sensors && join(folder, "hwmon", sensors),
      asleep: (await readText(join(folder, "power/runtime_status"))) === "suspended",
    });
  }
  return cards.sort((a, b) => Number(a.index) - Number(b.index));
}

/** The number in a file of sysfs; undefined where there is none or the driver does not tell it now. */
export async function readNumber(path: string): Promise<number | undefined> {
  const text = await readText(path);
  if (text === undefined || text === "") return undefined;
  if (!/^-?\d+$/.test(text)) throw new Error(`${path}: not a number: "${text.slice(0, 40)}"`);
  return Number(text);
}

/** The first of these files that tells a number. */
export async function readFirst(
  folder: string | undefined,
  names: readonly string[],
): Promise<number | undefined> {
  if (folder === undefined) return undefined;
  for (const name of names) {
    const value = await readNumber(join(folder, name));
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The text of a file of sysfs without its line break. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    if (tellsNothing(error)) return undefined;
    throw error;
  }
}

/** Names in a folder; none where it is not there. */
export async function entries(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (saysAbsent(error)) return [];
    throw error;
  }
}

const tellsNothing = (error: unknown) =>
  saysAbsent(error) || (error instanceof Error && "code" in error && notNowCodes.has(String(error.code)));
