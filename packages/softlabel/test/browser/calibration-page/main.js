import { evaluatePredictions, loadRecalibrator } from "softlabel/calibration";

// What was fitted elsewhere and kept as JSON mends the predictions of this page.
const { documents, labels, predictions, damaged } = await (await fetch("./recalibrators.json")).json();

function refusal(document) {
  try {
    loadRecalibrator(document);
    return "";
  } catch (error) {
    return error.message;
  }
}

globalThis.told = {
  mended: documents.map((document) => {
    const recalibrator = loadRecalibrator(document);
    const mended = recalibrator.apply(predictions);
    const { metrics } = evaluatePredictions(labels, mended);
    return { method: recalibrator.method, kind: mended.kind, data: [...mended.data], ece: metrics.ece.value };
  }),
  refused: refusal(damaged),
};
