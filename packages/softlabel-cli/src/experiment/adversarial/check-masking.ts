import type { MeasuredArm } from "./judge-arms.ts";
import { maskingChecks } from "./masking-checks.ts";
import type { AttackedArrays } from "./measuring/attacked-files.ts";
import type { MaskingCheck } from "./results.ts";

/** The checks for hidden gradients of one arm, the attacked rows of all its seeds one after the other. */
export function checkMasking({ labelSmoothing, training, summaries, attacked }: MeasuredArm): readonly MaskingCheck[] {
  const pooled = (of: (arrays: AttackedArrays) => Uint8Array): Uint8Array =>
    Uint8Array.from(attacked.flatMap((arrays) => [...of(arrays)]));
  const checks = maskingChecks({
    unbounded: pooled(({ unbounded }) => unbounded),
    bySteps: attacked[0].bySteps.map(({ steps }, i) => ({
      steps,
      survivors: pooled(({ bySteps }) => bySteps[i].survivors),
    })),
    byStrength: summaries[0].strengths.map((strength, i) => ({
      strength,
      whiteBox: pooled(({ right }) => right.pgd[i]),
      transferred: pooled(({ right }) => right.transfer[i]),
    })),
  });
  return checks.map(({ name, passed, evidence }) => ({ labelSmoothing, training, name, passed, evidence }));
}
