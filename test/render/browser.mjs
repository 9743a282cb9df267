// The browser's driver, for tests that lie outside of this folder.
export { chromium } from "playwright-core";
