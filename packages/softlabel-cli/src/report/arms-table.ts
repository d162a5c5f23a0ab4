import { allNamedByEpsilon, differInEpsilonAlone, tidied } from "../experiment/arm-naming.ts";
import type { ArmSettings } from "../experiment/results.ts";
import { formatCount, formatEpsilon } from "../experiment/verdict-metrics.ts";
import { armLabel, markedName } from "./arm-labels.ts";
import { type Html, html } from "./html.ts";

/** One thing that an arm is trained with: how it is called, what an arm has there, and the arm that others differ from. */
interface Setting {
  readonly name: string;
  readonly of: (arm: ArmSettings) => string;
  readonly reference: ArmSettings;
}

/** Whether the list of ε says everything of the arms; otherwise {@link armsTable} does. */
export function needArmsTable(arms: readonly ArmSettings[]): boolean {
  return !(allNamedByEpsilon(arms) && differInEpsilonAlone(arms));
}

/** What each arm was trained with, where arms differ; the base first, and bold what an arm has otherwise than it. */
export function armsTable(arms: readonly ArmSettings[]): Html {
  const [base] = arms as readonly [ArmSettings, ...ArmSettings[]];
  const settings = settingsOf(arms).filter(({ name, of, reference }) => {
    const concerned = reference === base ? arms : arms.filter(({ epsilon }) => epsilon > 0);
    return name === "ε" || new Set(concerned.map(of)).size > 1;
  });
  const cell = (arm: ArmSettings, { of, reference }: Setting): Html => {
    const value = of(arm);
    return html`<td><bdi>${value === of(reference) || value === none ? value : html`<b>${value}</b>`}</bdi></td>`;
  };
  return html`<h3 id="arms">The arms</h3>
<div class="scroll" tabindex="0" role="group" aria-label="The arms"><table class="rows">
<thead><tr><th scope="col">Arm</th>${settings.map(({ name }) => html`<th scope="col"><bdi>${tidied(name)}</bdi></th>`)}</tr></thead>
<tbody>${arms.map(
    (arm, index) =>
      html`<tr><th scope="row">${markedName(index, armLabel(arm))}${arm === base ? html` <small>the base</small>` : null}</th>${settings.map((setting) => cell(arm, setting))}</tr>\n`,
  )}</tbody></table></div>`;
}

/** What every arm has alike, for the card: `weight-decay 0.01`. */
export function sharedParameters(arms: readonly ArmSettings[]): string {
  return parametersOf(arms)
    .filter(({ of }) => new Set(arms.map(of)).size === 1)
    .map(({ name, of }) => `${tidied(name)} ${of(arms[0] as ArmSettings)}`)
    .join(", ");
}

/** `uniform`, or the numbers themselves while they are few. */
export function priorInWords(prior: ArmSettings["prior"]): string {
  if (typeof prior === "string") return prior;
  if (prior.length <= mostNumbers) return prior.join(", ");
  return `${prior.slice(0, mostNumbers).join(", ")}, … (${formatCount(prior.length)} numbers)`;
}

const mostNumbers = 12;
const none = "–";

/** At ε = 0 no prior and no convention has a say: there arms differ from the first that is smoothed. */
function settingsOf(arms: readonly ArmSettings[]): readonly Setting[] {
  const reference = arms[0] as ArmSettings;
  const smoothed = arms.find(({ epsilon }) => epsilon > 0) ?? reference;
  return [
    { name: "ε", of: ({ epsilon }) => formatEpsilon(epsilon), reference },
    {
      name: "Prior u",
      of: ({ epsilon, prior }) => (epsilon === 0 ? none : priorInWords(prior)),
      reference: smoothed,
    },
    {
      name: "Convention",
      of: ({ epsilon, convention }) => (epsilon === 0 ? none : convention),
      reference: smoothed,
    },
    ...parametersOf(arms),
  ];
}

function parametersOf(arms: readonly ArmSettings[]): readonly Setting[] {
  const names = new Set(arms.flatMap(({ parameters }) => Object.keys(parameters)));
  return [...names].map((name) => ({
    name,
    of: ({ parameters }) => (Object.hasOwn(parameters, name) ? tidied(String(parameters[name])) : none),
    reference: arms[0] as ArmSettings,
  }));
}
