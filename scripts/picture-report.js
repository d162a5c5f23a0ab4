// Takes the README's picture of a report: its first page, or one part of it.
//
//     node scripts/picture-report.js REPORT.html docs/images/report.png
//     node scripts/picture-report.js REPORT.html docs/images/adversarial.png "#accuracy figure"

import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [report, picture, part] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1180, height: 1000 }, deviceScaleFactor: 1.5 });
await page.goto(pathToFileURL(report).href);
if (part === undefined) await page.screenshot({ path: picture, clip: { x: 0, y: 0, width: 1180, height: 1000 } });
else await page.locator(part).first().screenshot({ path: picture });
await browser.close();
