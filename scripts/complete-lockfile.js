// Adds to package-lock.json the optional packages of other platforms that the registry at hand does not carry.
//
//     node scripts/complete-lockfile.js
//
// npm leaves such a package out of the lock file when it cannot fetch it, and `npm ci` then refuses the file: a mirror
// that carries Linux alone breaks the installation for everyone. What is added has its exact version from the package
// that asks for it, and no integrity, which nobody here could know. Run it after `npm install` changed the lock file;
// test/package/lockfile.test.ts says when it is needed.

import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));

/** Where npm finds `name` from the package at `path`, or undefined. */
function locate(path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    const place = `${folder}${folder === "" ? "" : "/"}node_modules/${name}`;
    if (place in lock.packages) return place;
    if (folder === "") return undefined;
  }
}

/** `@biomejs/cli-linux-arm64-musl` runs on Linux, arm64, with musl. */
function platformOf(name) {
  const words = name.split(/[/-]/);
  const among = (known) => known.filter((word) => words.includes(word));
  const libc = words.some((word) => word.startsWith("musl")) ? ["musl"] : [];
  if (words.some((word) => word.startsWith("gnu"))) libc.push("glibc");
  return {
    cpu: among(["arm", "arm64", "ia32", "ppc64", "riscv64", "s390x", "x64"]),
    ...(libc.length > 0 && { libc }),
    os: among(["android", "darwin", "freebsd", "linux", "openharmony", "win32"]),
  };
}

const added = {};
for (const [path, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (locate(path, name) !== undefined) continue;
    const platform = platformOf(name);
    if (!/^\d+\.\d+\.\d+/.test(version) || platform.os.length === 0 || platform.cpu.length === 0) {
      throw new Error(`${name}@${version}, asked for by ${path}, must name a version and a platform`);
    }
    added[`node_modules/${name}`] = { version, ...(dev && { dev }), optional: true, ...platform };
  }
}

const packages = Object.entries({ ...lock.packages, ...added }).sort(([a], [b]) => a.localeCompare(b, "en"));
if (Object.keys(added).length > 0) {
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`);
}
console.log(`package-lock.json: ${Object.keys(added).length} packages of other platforms added`);
