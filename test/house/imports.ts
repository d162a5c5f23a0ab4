import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAst } from "vitest/node";

/** The root of the repository. */
export const root: string = fileURLToPath(new URL("../..", import.meta.url));

export interface Import {
  /** Relative to `folder`. */
  readonly file: string;
  /** As written between the quotes. */
  readonly specifier: string;
  /** Whether it is gone once types are erased. */
  readonly typeOnly: boolean;
  /** Whether it is loaded only when the code comes by: `await import(…)`. */
  readonly dynamic: boolean;
  /** What a relative specifier names, relative to `folder`; `null` for packages. */
  readonly target: string | null;
}

/** Every `.ts` file below `folder`, relative to it, in alphabetical order. */
export function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .sort();
}

/** Every import of every file below `folder`: of values and of types, static and dynamic, and re-exports. */
export function importsOf(folder: string): Import[] {
  return sourceFiles(folder).flatMap((file) => {
    const found = findSpecifiers(readFileSync(join(folder, file), "utf8"));
    return found.map((entry) => ({ file, ...entry, target: resolve(folder, file, entry.specifier) }));
  });
}

type Specifier = Pick<Import, "specifier" | "typeOnly" | "dynamic">;

/** The module specifiers of TypeScript source, by the parser that runs the tests. */
export function findSpecifiers(source: string): Specifier[] {
  const found: Specifier[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    if ("source" in node && isLiteral(node.source)) {
      const dynamic = "type" in node && node.type === "ImportExpression";
      found.push({ specifier: node.source.value, typeOnly: isErased(node), dynamic });
    }
    for (const child of Object.values(node)) visit(child);
  };
  visit(parseAst(source, { lang: "ts" }));
  return found;
}

function isErased(node: object): boolean {
  const { type, importKind, exportKind } = node as Readonly<Record<string, unknown>>;
  return type === "TSImportType" || importKind === "type" || exportKind === "type";
}

function isLiteral(node: unknown): node is { readonly value: string } {
  return typeof node === "object" && node !== null && "value" in node && typeof node.value === "string";
}

function resolve(folder: string, file: string, specifier: string): string | null {
  return specifier.startsWith(".") ? relative(folder, join(folder, dirname(file), specifier)) : null;
}
