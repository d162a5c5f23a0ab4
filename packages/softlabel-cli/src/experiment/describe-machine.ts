import { cpus } from "node:os";
import type { RunCard } from "./results.ts";

/** The machine of this process, as a run card tells it. */
export function describeMachine(): RunCard["machine"] {
  const processors = cpus();
  return {
    platform: `${process.platform} ${process.arch}`,
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    node: process.version,
  };
}
