import { ArgumentError } from "../../core/argument-error.ts";
import { describe } from "../../core/describe.ts";
import { betaMap } from "./beta.ts";
import { schemeMethod } from "./binary-scheme.ts";
import { dirichletMethod } from "./dirichlet.ts";
import { ensembleMethod } from "./ensemble-temperature.ts";
import type { FittingRows } from "./fitting-rows.ts";
import { histogramMap } from "./histogram-binning.ts";
import { isotonicMap } from "./isotonic.ts";
import { matrixMethod } from "./matrix-scaling.ts";
import { plattMap } from "./platt.ts";
import { readNumber, readObject } from "./read-parameters.ts";
import { type Method, type Recalibrator, recalibrator, recalibratorSchema } from "./recalibrator.ts";
import { temperatureMethod } from "./temperature-scaling.ts";
import { vectorMethod } from "./vector-scaling.ts";

/**
 * The recalibrator that a document holds: what `JSON.parse` makes of what `JSON.stringify` made of one.
 *
 * It gives the same numbers, to the last bit, and still knows the rows that it was fitted on.
 * @param document - Untrusted; only what the schema names is read.
 * @throws {@link ArgumentError} if the document is not one of this schema, naming the part that is wrong.
 * @example
 * const predictions = { data: [4, 0, 0, 4, 4, 0], shape: [3, 2], kind: "logits" };
 * const text = JSON.stringify(fitTemperatureScaling([0, 1, 1], predictions));
 * loadRecalibrator(JSON.parse(text)).parameters.temperature; // 5.77078016
 */
export function loadRecalibrator(document: unknown): Recalibrator {
  const { schema, method: name, classes, parameters, fittedOn } = readObject("document", document);
  if (schema !== recalibratorSchema) {
    throw new ArgumentError(`document.schema must be "${recalibratorSchema}", got ${describe(schema)}`);
  }
  const load = loaders.get(String(name));
  if (!load) {
    throw new ArgumentError(`document.method must be one of ${[...loaders.keys()].join(", ")}, got ${describe(name)}`);
  }
  return load(parameters, readCount("document.classes", classes), readFittingRows(fittedOn));
}

type Load = (parameters: unknown, classes: number, fittedOn: FittingRows) => Recalibrator;

const loaders: ReadonlyMap<string, Load> = new Map([
  entry(temperatureMethod),
  entry(ensembleMethod),
  entry(vectorMethod),
  entry(matrixMethod),
  entry(dirichletMethod),
  entry(schemeMethod(plattMap)),
  entry(schemeMethod(betaMap)),
  entry(schemeMethod(isotonicMap)),
  entry(schemeMethod(histogramMap)),
]);

function entry<Parameters>(method: Method<Parameters>): [string, Load] {
  const load: Load = (parameters, classes, fittedOn) =>
    recalibrator(method, method.read(parameters, classes), classes, fittedOn);
  return [method.name, load];
}

function readFittingRows(value: unknown): FittingRows {
  const { rows, fingerprint } = readObject("document.fittedOn", value);
  if (!(typeof fingerprint === "string" && /^[0-9a-f]{16}$/.test(fingerprint))) {
    throw new ArgumentError(
      `document.fittedOn.fingerprint must be 16 hexadecimal digits, got ${describe(fingerprint)}`,
    );
  }
  return { rows: readCount("document.fittedOn.rows", rows), fingerprint };
}

function readCount(name: string, value: unknown): number {
  if (!Number.isInteger(value)) throw new ArgumentError(`${name} must be an integer, got ${describe(value)}`);
  return readNumber(name, value, 1);
}
