import { serveTrials, type Workplace } from "../../../src/experiment/serve-trials.ts";

/* A child process whose trials tell of one epoch after the other and never end, however they are configured. */
const forever = (_: unknown, { onProgress }: Workplace): Promise<void> => {
  let epoch = 0;
  setInterval(() => {
    epoch++;
    onProgress({ step: epoch, totalSteps: Number.MAX_SAFE_INTEGER, measures: { epoch, validationNll: 1 / epoch } });
  }, 150);
  return new Promise(() => {});
};

serveTrials({ train: forever, external: forever, craft: forever, attack: forever });
