import { attackTrial } from "./adversarial/measuring/attack-trial.ts";
import { craftTrial } from "./adversarial/measuring/craft-trial.ts";
import { serveTrials } from "./serve-trials.ts";
import { trainTrial } from "./train-trial.ts";
import { externalTrial } from "./trainers/external-trial.ts";

serveTrials({ train: trainTrial, external: externalTrial, craft: craftTrial, attack: attackTrial });
