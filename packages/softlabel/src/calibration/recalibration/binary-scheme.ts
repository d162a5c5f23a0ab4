import { ArgumentError } from "../../core/argument-error.ts";
import { readOptions } from "../../statistics/read-options.ts";
import { type Labels, type Predictions, requireLabelled } from "../predictions.ts";
import { argmaxOfRow, probabilitiesOfRow } from "../softmax-row.ts";
import { type ClipOptions, type LogOdds, logOdds, readClip } from "./log-probabilities.ts";
import { readChoice, readList, readObject } from "./read-parameters.ts";
import { fittedRecalibrator, type Method, type Recalibrated, type Recalibrator } from "./recalibrator.ts";

/**
 * How a map of one probability serves K classes.
 *
 * - `"one-vs-rest"`: a map for each class, fitted on "the label is this class", and rows divided by their sum; with two
 *   classes one map, of class 1. A row whose maps all give 0 becomes uniform.
 * - `"top-label"`: one map, fitted on "the predicted class is the label", of each row's largest probability; the others
 *   share the rest in the proportions that they had. Where the map takes the largest below another, the prediction
 *   changes.
 */
export type Scheme = "one-vs-rest" | "top-label";

/** Which probabilities are mapped, and how logarithms of 0 are avoided. */
export interface SchemeOptions extends ClipOptions {
  /** `"one-vs-rest"` by default. */
  readonly scheme?: Scheme;
}

/** Maps of one probability, for the classes or for the top label. */
export interface SchemeParameters<Curve> {
  readonly scheme: Scheme;
  readonly maps: readonly Curve[];
  readonly clip: number | null;
}

/** A recalibrator made of maps of one probability. */
export type SchemeRecalibrator<Curve> = Recalibrator<SchemeParameters<Curve>>;

/** Probabilities of one event, row by row; the logarithms only for a map that needs them. */
export interface EventProbabilities {
  readonly p: Float64Array;
  readonly logP: Float64Array;
  readonly logRest: Float64Array;
}

/** A map of one probability: how it is applied and read back. */
export interface BinaryMap<Curve> {
  readonly name: string;
  /** Whether it works on ln p and ln(1 − p). */
  readonly logs: boolean;
  readonly at: (map: Curve, p: number, logP: number, logRest: number) => number;
  /** @throws {@link ArgumentError} if the document's map is not this one's. */
  readonly read: (name: string, map: unknown) => Curve;
}

/** How a map is fitted to one event; `hits` is 1 where it came true. */
export type FitMap<Curve> = (event: EventProbabilities, hits: Uint8Array) => Curve;

/** Fits the maps of a scheme. */
export function fitScheme<Curve>(
  binary: BinaryMap<Curve>,
  fit: FitMap<Curve>,
  labels: Labels,
  predictions: Predictions,
  options: SchemeOptions,
): SchemeRecalibrator<Curve> {
  requireLabelled(labels, predictions);
  const scheme = readChoice("scheme", readOptions(options).scheme ?? "one-vs-rest", schemes);
  const clip = readClip(options.clip);
  const [rows, classes] = predictions.shape;
  if (classes < 2)
    throw new ArgumentError(`predictions must have at least 2 classes for ${binary.name}, got ${classes}`);

  const table = tableOf(binary.logs, predictions, clip);
  const maps = mappedClasses(scheme, classes).map((mapped) => {
    const classOf = (row: number): number => mapped ?? table.top[row];
    const hits = Uint8Array.from({ length: rows }, (_, row) => (labels[row] === classOf(row) ? 1 : 0));
    const pick = (entries: Float64Array): Float64Array =>
      Float64Array.from({ length: entries.length / classes }, (_, row) => entries[row * classes + classOf(row)]);
    return fit({ p: pick(table.p), logP: pick(table.logP), logRest: pick(table.logRest) }, hits);
  });
  return fittedRecalibrator(schemeMethod(binary), { scheme, maps, clip }, predictions);
}

/** The recalibration method that a map makes. */
export function schemeMethod<Curve>(binary: BinaryMap<Curve>): Method<SchemeParameters<Curve>> {
  return {
    name: binary.name,
    apply({ scheme, maps, clip }, predictions) {
      const table = tableOf(binary.logs, predictions, clip);
      const map = (index: number, i: number): number =>
        binary.at(maps[index], table.p[i], table.logP[i], table.logRest[i]);
      const mend = scheme === "top-label" ? mendTop : predictions.shape[1] === 2 ? mendPair : mendEach;
      const data = new Float64Array(table.p.length);
      mend(data, table, map);
      return { data, shape: predictions.shape, kind: "probabilities" } satisfies Recalibrated;
    },
    read(parameters, classes) {
      const document = readObject("parameters", parameters);
      const scheme = readChoice("parameters.scheme", document.scheme, schemes);
      const maps = readList("parameters.maps", document.maps, mappedClasses(scheme, classes).length);
      return {
        scheme,
        maps: maps.map((map, i) => binary.read(`parameters.maps[${i}]`, map)),
        clip: readClip(document.clip),
      };
    },
  };
}

const schemes = ["one-vs-rest", "top-label"] as const;

/** The class of each map; `null` is the one predicted. */
function mappedClasses(scheme: Scheme, classes: number): readonly (number | null)[] {
  if (scheme === "top-label") return [null];
  return classes === 2 ? [1] : Array.from({ length: classes }, (_, k) => k);
}

/** All probabilities, their logarithms where needed, and the predicted class of each row. */
interface Table extends LogOdds {
  readonly p: Float64Array;
  readonly top: Uint32Array;
  readonly classes: number;
}

function tableOf(logs: boolean, predictions: Predictions, clip: number | null): Table {
  const [rows, classes] = predictions.shape;
  const p = new Float64Array(rows * classes);
  const top = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    probabilitiesOfRow(predictions, row, p.subarray(start, start + classes));
    top[row] = argmaxOfRow(predictions.data, start, classes);
  }
  const odds = logs ? logOdds(predictions, clip) : { logP: new Float64Array(0), logRest: new Float64Array(0) };
  return { p, top, classes, ...odds };
}

type MapAt = (index: number, i: number) => number;

function mendPair(data: Float64Array, _: Table, map: MapAt): void {
  for (let i = 0; i < data.length; i += 2) {
    data[i + 1] = map(0, i + 1);
    data[i] = 1 - data[i + 1];
  }
}

function mendEach(data: Float64Array, { classes }: Table, map: MapAt): void {
  for (let start = 0; start < data.length; start += classes) {
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      data[start + k] = map(k, start + k);
      sum += data[start + k];
    }
    for (let i = start; i < start + classes; i++) data[i] = sum > 0 ? data[i] / sum : 1 / classes;
  }
}

function mendTop(data: Float64Array, { p, top, classes }: Table, map: MapAt): void {
  for (let row = 0, start = 0; start < data.length; row++, start += classes) {
    const best = start + top[row];
    const mended = map(0, best);
    let others = 0;
    for (let i = start; i < start + classes; i++) if (i !== best) others += p[i];
    for (let i = start; i < start + classes; i++) {
      const share = others > 0 ? p[i] / others : 1 / (classes - 1);
      data[i] = i === best ? mended : (1 - mended) * share;
    }
  }
}
