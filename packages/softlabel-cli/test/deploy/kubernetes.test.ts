import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { Job } from "kubernetes-models/batch/v1/Job";
import { PersistentVolumeClaim } from "kubernetes-models/v1/PersistentVolumeClaim";
import { describe, expect, test } from "vitest";
import { documentsOf, valuesOf } from "./support/manifests.ts";

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
}

interface Container {
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts: readonly { readonly name: string }[];
}

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const files = ["kubernetes.yaml", "kubernetes-queue.yaml"] as const;
const manifestsOf = (file: string): readonly Manifest[] => documentsOf(file) as readonly Manifest[];

/** What Kubernetes' own schema says against a manifest; `null` where it says nothing. */
function schemaProblem(manifest: Manifest): string | null {
  const models = { Deployment, Job, PersistentVolumeClaim } as const;
  const Model = models[manifest.kind as keyof typeof models] as new (data: object) => { validate(): void };
  try {
    new Model(manifest).validate();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * What the compiler says against manifests written as literals of the types of Kubernetes' API: that a field has no such
 * name, which the schema lets pass.
 */
function typeProblems(manifests: readonly Manifest[]): string {
  const cache = join(root, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "softlabel-deploy-"));
  try {
    const literals = manifests.map(({ apiVersion, kind, ...rest }, i) => [
      `import type { I${kind} as Kind${i} } from "kubernetes-models/${apiVersion}/${kind}";`,
      `export const manifest${i}: Kind${i} = ${JSON.stringify({ apiVersion, kind, ...rest })};`,
    ]);
    writeFileSync(join(folder, "manifests.ts"), literals.flat().join("\n"));
    const words = [
      "--noEmit",
      "--ignoreConfig",
      "--skipLibCheck",
      "--strict",
      "--module",
      "nodenext",
      "--target",
      "es2022",
      "--types",
      "",
    ];
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    execFileSync(process.execPath, [compiler, ...words, "manifests.ts"], { cwd: folder, stdio: "pipe" });
    return "";
  } catch (error) {
    return String((error as { stdout?: Buffer }).stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("the Kubernetes manifests", () => {
  test.each(files)("%s fits Kubernetes' schema", (file) => {
    expect(manifestsOf(file).length).toBeGreaterThan(1);
    expect(manifestsOf(file).map(schemaProblem)).toEqual(manifestsOf(file).map(() => null));
  });

  test("every field has a name and a type that Kubernetes' API knows", () => {
    expect(typeProblems(files.flatMap(manifestsOf))).toBe("");
  });

  test("a quantity with a unit that there is not, and a field with a wrong name, would be found", () => {
    const [, train] = manifestsOf("kubernetes.yaml");
    const changed = (from: string, to: string): Manifest => {
      const text = JSON.stringify(train);
      expect(text).toContain(from);
      return JSON.parse(text.replace(from, to)) as Manifest;
    };
    expect(schemaProblem(changed("64Gi", "64GiB"))).toContain('must match format "quantity"');
    expect(typeProblems([changed("parallelism", "paralelism")])).toContain(`'"paralelism"' does not exist`);
  });

  test.each(files)(
    "in %s what is mounted is a volume of the pod, and each claim but the data's is made here",
    (file) => {
      const manifests = manifestsOf(file);
      const made = manifests
        .filter(({ kind }) => kind === "PersistentVolumeClaim")
        .map(({ metadata }) => metadata.name);
      expect(made).toEqual(["softlabel-experiment"]);
      const claims = valuesOf(manifests, "claimName");
      expect([...new Set(claims)].sort()).toEqual(["imagenet", ...made]);
      for (const pod of valuesOf(manifests, "template").flatMap((template) => valuesOf(template, "spec"))) {
        const { containers, volumes } = pod as { containers: Container[]; volumes: { name: string }[] };
        const mounted = containers.flatMap(({ volumeMounts }) => volumeMounts.map(({ name }) => name));
        expect(mounted).toEqual(volumes.map(({ name }) => name));
      }
    },
  );

  test("a selector finds the pods of its template, and what is applied in steps has a label for each", () => {
    const [, worker] = manifestsOf("kubernetes-queue.yaml");
    const { spec } = worker as unknown as {
      spec: { selector: { matchLabels: object }; template: { metadata: { labels: object } } };
    };
    expect(spec.template.metadata.labels).toEqual(spec.selector.matchLabels);
    const steps = manifestsOf("kubernetes.yaml").map(({ metadata }) => metadata.labels.step);
    expect(steps).toEqual(["train", "train", "judge"]);
  });

  test("there are as many shares as completions, and all commands name one experiment", () => {
    const [, train, judge] = manifestsOf("kubernetes.yaml");
    const [completions] = valuesOf(train, "completions");
    const [[{ args, env = [] }], [judging]] = [train, judge].map(
      (job) => valuesOf(job, "containers")[0] as Container[],
    );
    expect(env).toEqual([{ name: "SOFTLABEL_SHARDS", value: `${completions}` }]);
    expect(args.at(-1)).toBe("--shard=auto");
    expect(judging.args).toEqual(args.slice(0, -1));
    const seeds = Number(args.find((word) => word.startsWith("--seeds="))?.slice("--seeds=".length));
    const arms = args.find((word) => word.startsWith("--epsilon="))?.split(",").length ?? 0;
    expect(completions).toBe(arms * seeds);
  });

  test("the queue's URL comes from the secret, by the variable that the command reads, and stands in no command", () => {
    const containers = valuesOf(manifestsOf("kubernetes-queue.yaml"), "containers").flat() as Container[];
    expect(containers).toHaveLength(2);
    for (const { env, args, command } of containers) {
      const secretKeyRef = { name: "softlabel-queue", key: "url" };
      expect(env).toEqual([{ name: "SOFTLABEL_QUEUE", valueFrom: { secretKeyRef } }]);
      expect(args[0]).toBe("--queue");
      expect([...command, ...args].join(" ")).not.toMatch(/SOFTLABEL_QUEUE|:\/\//);
    }
  });
});
