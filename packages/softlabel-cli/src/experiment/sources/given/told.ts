import type { ArmSettings } from "../../results.ts";

/** What is told of one run, by whatever tells something; what is not told is left out. */
export interface Told {
  readonly name?: string;
  readonly epsilon?: number;
  readonly seed?: number;
  readonly prior?: ArmSettings["prior"];
  readonly convention?: ArmSettings["convention"];
  readonly parameters?: ArmSettings["parameters"];
}
