import { existsSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../render");

/** For `describe.skipIf`: whether the browser's driver and Grafana's panels are missing, with a printed reason; they are not our packages. */
export function withoutRenderer(): boolean {
  if (existsSync(join(folder, "node_modules"))) return false;
  process.stderr.write("skipped: test/render has no packages (npm ci --prefix test/render)\n");
  return !process.env.CI;
}

/** What is seen of a panel once it is drawn. */
interface SeenPanel {
  readonly title: string;
  readonly type: string;
  readonly unsupported: boolean;
  /** What it says in place of data. */
  readonly said: string | null;
  readonly cut: readonly string[];
}

/** Draws dashboards with Grafana's own panels. */
export interface Drawer {
  draw(drawing: unknown, width: number, path?: string): Promise<{ faults: string[]; panels: SeenPanel[] }>;
  close(): Promise<void>;
}

/** A browser that draws dashboards. */
export async function openDrawer(chromium: string): Promise<Drawer> {
  const module = (await import(join(folder, "draw.mjs"))) as { openDrawer(path: string): Promise<Drawer> };
  return module.openDrawer(chromium);
}

/** The part of a Playwright page that the tests use. */
export interface Tab {
  goto(url: string): Promise<{ status(): number } | null>;
  evaluate<Result>(script: string): Promise<Result>;
  keyboard: { press(key: string): Promise<void> };
  getByRole(role: string, options?: { name?: string | RegExp; level?: number }): Locator;
  locator(selector: string): Locator;
  screenshot(options: { path: string; fullPage?: boolean }): Promise<unknown>;
  on(event: "console" | "pageerror" | "request", listener: (what: never) => void): void;
  close(): Promise<void>;
}
interface Locator {
  count(): Promise<number>;
  first(): Locator;
  textContent(): Promise<string | null>;
  allTextContents(): Promise<string[]>;
  getAttribute(name: string): Promise<string | null>;
  isVisible(): Promise<boolean>;
  focus(): Promise<void>;
}

/** A browser; `scheme` is what the person prefers. */
export async function openBrowser(executablePath: string): Promise<{
  tab(options: { scheme: "light" | "dark"; width: number }): Promise<Tab>;
  close(): Promise<void>;
}> {
  const { chromium } = (await import(join(folder, "browser.mjs"))) as {
    chromium: {
      launch(options: object): Promise<{ newPage(options: object): Promise<Tab>; close(): Promise<void> }>;
    };
  };
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  return {
    tab: ({ scheme, width }) => browser.newPage({ colorScheme: scheme, viewport: { width, height: 900 } }),
    close: () => browser.close(),
  };
}
