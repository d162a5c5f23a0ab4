import { train } from "../training/run.ts";
import { attackTrial } from "./adversarial/measuring/attack-trial.ts";
import { craftTrial } from "./adversarial/measuring/craft-trial.ts";
import { serveTrials } from "./serve-trials.ts";

serveTrials({ train, craft: craftTrial, attack: attackTrial });
