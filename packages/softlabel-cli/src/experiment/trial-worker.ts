import { train } from "../training/run.ts";
import { serveTrials } from "./serve-trials.ts";

serveTrials(train);
