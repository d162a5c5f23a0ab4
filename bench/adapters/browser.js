// The page in Chromium, where there is one: WebGL and WebGPU on the processor (SwiftShader).
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";

const executablePath = "/usr/bin/chromium";
const args = ["--no-sandbox", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];
/** WebGPU asks for a secure context, which this name is; nothing is sent there. */
const address = "http://localhost/";

/** @returns {Promise<{ measure: (backend: string, shape: number[], turns: number) => Promise<object>, version: string, close: () => Promise<void> } | null>} */
export async function openPage() {
  if (!existsSync(executablePath)) return null;
  const browser = await chromium.launch({ executablePath, args });
  const page = await browser.newPage();
  await page.route(`${address}**`, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
  await page.goto(address);
  await page.addScriptTag({ content: await script(), type: "module" });
  await page.waitForFunction("globalThis.measure !== undefined");
  return {
    measure: (...given) => page.evaluate(`globalThis.measure(...${JSON.stringify(given)})`),
    version: browser.version(),
    close: () => browser.close(),
  };
}

async function script() {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("./page.js", import.meta.url))],
    bundle: true,
    format: "esm",
    platform: "browser",
    external: ["util", "crypto"],
    write: false,
    logLevel: "error",
  });
  return outputFiles[0].text;
}
