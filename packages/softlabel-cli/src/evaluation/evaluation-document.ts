import type { EvaluatedArm, EvaluationResults } from "./evaluation.ts";

/** What `softlabel evaluate --json` prints: of one file its numbers at the top, of several a list of arms. */
export function evaluationDocument({
  schema,
  verdict,
  arms,
  options,
}: EvaluationResults): Readonly<Record<string, unknown>> {
  const [first, ...others] = arms;
  const settings = { verdict, options };
  if (others.length === 0) return { schema, ...armDocument(first), ...settings };
  return { schema, arms: arms.map((arm) => ({ ...armDocument(arm), comparison: arm.comparison })), ...settings };
}

function armDocument({
  name,
  source,
  metrics,
  recalibrated,
  smoothing,
  classes,
}: EvaluatedArm): Readonly<Record<string, unknown>> {
  const mended = Object.entries(recalibrated).map(
    ([method, { parameters, interval, remarks, metrics, difference }]) => [
      method,
      { parameters, ...(interval && { interval }), remarks, metrics, difference },
    ],
  );
  return {
    name,
    rows: source.rows,
    classes: source.classes,
    source,
    metrics,
    recalibrated: Object.fromEntries(mended),
    ...(smoothing && { smoothing }),
    perClass: classes,
  };
}
