// Checks both packages as npm would publish them: packed, linted, installed into an empty folder, imported and
// type-checked there. Run after `npm run build`.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const root = fileURLToPath(new URL("..", import.meta.url));
const binaries = join(root, "node_modules/.bin");
const folder = mkdtempSync(join(tmpdir(), "softlabel-package-"));

/** Runs in an environment of its own: what npm sets for the script that started us would steer the inner npm. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("npm_")));

function run(file, args, cwd) {
  try {
    return execFileSync(file, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], env: environment });
  } catch (error) {
    throw new Error(`${file} ${args.join(" ")} failed\n${error.stdout ?? ""}${error.stderr ?? error.message}`);
  }
}

let failures = 0;
async function check(title, body) {
  try {
    const note = await body();
    console.log(`ok      ${title}${note ? `: ${note}` : ""}`);
  } catch (error) {
    failures++;
    console.log(`FAILED  ${title}: ${error.message}`);
  }
}

function pack(workspace) {
  const [report] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", folder, "-w", workspace], root));
  return { ...report, tarball: join(folder, report.filename), files: report.files.map(({ path }) => path) };
}

async function lint({ tarball }) {
  const { messages, pkg } = await publint({ pack: { tarball: arrayBuffer(tarball) }, strict: true });
  const faults = messages.map((message) => formatMessage(message, pkg, { color: false }));
  if (faults.length > 0) throw new Error(faults.join("\n"));
}

function arrayBuffer(path) {
  const { buffer, byteOffset, byteLength } = readFileSync(path);
  return buffer.slice(byteOffset, byteOffset + byteLength);
}

function expectFiles({ files }, required, forbidden) {
  const missing = required.filter((file) => !files.includes(file));
  const unwanted = files.filter((file) => forbidden.some((pattern) => pattern.test(file)));
  if (missing.length > 0) throw new Error(`the package lacks ${missing.join(", ")}`);
  if (unwanted.length > 0) throw new Error(`the package should not carry ${unwanted.slice(0, 5).join(", ")}`);
  return `${files.length} files`;
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

function emptyProject(name, options = {}) {
  const project = join(folder, name);
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module", ...options }));
  return project;
}

// What a new user writes first: the first example of README.md that uses the library.
function firstExample() {
  const examples = readFileSync(join(root, "README.md"), "utf8").matchAll(/```(?:ts|js)\n([\s\S]*?)```/g);
  for (const [, code] of examples) if (code.includes('from "softlabel"')) return code;
  throw new Error("README.md has no example that imports softlabel");
}

const testsAndMachines = [/\.test\./, /\.tsbuildinfo$/, /node_modules/];

try {
  const library = pack("softlabel");
  const laboratory = pack("softlabel-cli");
  const manifest = JSON.parse(readFileSync(join(root, "packages/softlabel/package.json"), "utf8"));
  const entries = Object.keys(manifest.exports).filter((entry) => entry !== "./package.json");
  const all = entries.map((entry) => entry.replace(/^\./, "softlabel"));
  // The adapters are for those who have what they adapt to.
  const adapters = all.filter((specifier) => ["softlabel/tfjs", "softlabel/jax"].includes(specifier));
  const specifiers = all.filter((specifier) => !adapters.includes(specifier));

  await check(`softlabel packs into ${kilobytes(library.size)}`, () =>
    expectFiles(
      library,
      ["LICENSE", "README.md", "package.json", ...entries.map((entry) => manifest.exports[entry].default.slice(2))],
      testsAndMachines,
    ),
  );
  await check("softlabel has no finding of publint", () => lint(library));
  await check("softlabel has types for every way to import it (arethetypeswrong)", () => {
    // esm-only: `require` of an ES module works in every Node that the package supports.
    run(join(binaries, "attw"), [library.tarball, "--profile", "esm-only", "--no-color", "--no-emoji"], folder);
  });

  const project = emptyProject("consumer");
  await check("softlabel installs into an empty folder, offline and with nothing beside it", () => {
    run("npm", ["install", "--offline", "--no-audit", "--no-fund", library.tarball], project);
    const { dependencies } = JSON.parse(run("npm", ["ls", "--all", "--json"], project));
    // Peers that are not there are listed without a version.
    const { softlabel, ...others } = dependencies;
    const beside = Object.entries({ ...others, ...softlabel.dependencies }).filter(([, { version }]) => version);
    if (beside.length > 0) throw new Error(`it brought ${beside.map(([name]) => name).join(", ")}`);
  });
  const countExports = (specifiers) => {
    const counting = specifiers.map((specifier) => `Object.keys(await import("${specifier}")).length`);
    const program = `console.log(JSON.stringify([${counting.join(", ")}]))`;
    const counts = JSON.parse(run("node", ["--input-type=module", "--eval", program], project));
    const empty = specifiers.filter((_, i) => counts[i] === 0);
    if (empty.length > 0) throw new Error(`${empty.join(", ")} exports nothing`);
    return `${counts.join(", ")} exports`;
  };
  await check(`${specifiers.join(", ")} import in Node ${process.versions.node}`, () => countExports(specifiers));
  const typeCheck = (specifiers, code, module, resolution) => {
    const uses = specifiers.map((specifier, i) => `import * as entry${i} from "${specifier}";\nvoid entry${i};\n`);
    writeFileSync(join(project, "example.ts"), `${uses.join("")}${code}`);
    const options = ["--noEmit", "--strict", "--target", "es2023", "--lib", "es2023,dom", "--types", ""];
    // TensorFlow.js' own declarations do not pass.
    if (code === "") options.push("--skipLibCheck");
    const resolving = ["--module", module, "--moduleResolution", resolution, "example.ts"];
    run(join(binaries, "tsc"), [...options, ...resolving], project);
  };
  for (const [module, resolution] of [
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ]) {
    await check(`the first example of README.md type-checks under ${resolution}`, () => {
      typeCheck(specifiers, firstExample(), module, resolution);
    });
  }
  await check("the first example of README.md runs", () => {
    writeFileSync(join(project, "example.js"), firstExample());
    run("node", ["example.js"], project);
  });

  await check(`${adapters.join(", ")} import and type-check beside their peers`, () => {
    for (const scope of ["@tensorflow", "@jax-js"]) {
      symlinkSync(join(root, "node_modules", scope), join(project, "node_modules", scope));
    }
    typeCheck(adapters, "", "nodenext", "nodenext");
    typeCheck(adapters, "", "esnext", "bundler");
    return countExports(adapters);
  });

  await check(`softlabel-cli packs into ${kilobytes(laboratory.size)}`, () =>
    expectFiles(laboratory, ["LICENSE", "README.md", "bin/softlabel.js", "dist/bundle/main.js"], testsAndMachines),
  );
  await check("softlabel-cli has no finding of publint", () => lint(laboratory));
  const laboratoryProject = emptyProject("laboratory");
  await check("softlabel-cli installs beside it and explains a row", () => {
    run(
      "npm",
      ["install", "--prefer-offline", "--no-audit", "--no-fund", library.tarball, laboratory.tarball],
      laboratoryProject,
    );
    const command = join(laboratoryProject, "node_modules/.bin/softlabel");
    const row = JSON.parse(run(command, ["explain", "--logits", "2,1,0", "--label", "0", "--json"], laboratoryProject));
    for (const name of ["compare", "train"]) run(command, [name, "--help"], laboratoryProject);
    return `loss ${row.loss}`;
  });
  await check("a trainer in TypeScript and one in JavaScript know their types from softlabel-cli/trainer", () => {
    const body =
      "({ epsilon, out, onProgress }) => { onProgress({ epoch: 1, trainLoss: epsilon }); void out; return undefined; }";
    writeFileSync(
      join(laboratoryProject, "trainer.ts"),
      `import type { Train } from "softlabel-cli/trainer";\nexport const train: Train = ${body};\n`,
    );
    writeFileSync(
      join(laboratoryProject, "trainer.js"),
      `/** @type {import("softlabel-cli/trainer").Train} */\nexport const train = ${body};\n`,
    );
    const options = ["--noEmit", "--strict", "--checkJs", "--target", "es2023", "--lib", "es2023,dom", "--types", ""];
    const files = ["trainer.ts", "trainer.js"];
    run(
      join(binaries, "tsc"),
      [...options, "--module", "nodenext", "--moduleResolution", "nodenext", ...files],
      laboratoryProject,
    );
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

console.log(failures === 0 ? "The packages are fit to publish." : `${failures} checks of the packages failed.`);
process.exitCode = failures === 0 ? 0 : 1;
