import type { EvaluationResults } from "../../evaluation/evaluation.ts";
import { type Html, html } from "../html.ts";
import { commandLine } from "../run-card.ts";

/** How to use a calibrator that was written beside the report, or that none was. */
export function applySection({ arms }: EvaluationResults): Html {
  const index = arms.findIndex(({ recalibrated }) => Object.keys(recalibrated).length > 0);
  const [method] = Object.keys(arms[index]?.recalibrated ?? {});
  if (method === undefined) {
    return html`<section id="apply"><h2>How to apply a calibrator</h2><p>None was written.</p></section>
`;
  }
  const file = `calibrator-${method}${arms.length === 1 ? "" : `-${index + 1}`}.json`;
  return html`<section id="apply"><h2>How to apply a calibrator</h2>
<p>Each is a JSON file beside this report${arms.length === 1 ? "" : ", numbered as the files of predictions are"}. On other predictions of the same model, from the shell:</p>
<pre>${commandLine(`npx softlabel apply ${file} new-predictions.npz --out calibrated.npz`)}</pre>
<p>In a program, in the browser as in Node, to the last bit:</p>
<pre><code>import { loadRecalibrator } from "softlabel/calibration";

// text is what ${file} holds
const recalibrator = loadRecalibrator(JSON.parse(text));
const calibrated = recalibrator.apply({ data, shape: [rows, classes], kind: "logits" });</code></pre>
<p class="note">A calibrator belongs to one model and to rows like those it was fitted on. It refuses the very rows of its fit: judged on them it looks better than it is.</p>
</section>
`;
}
