/** The module that carries trials out in child processes. */
export const trialProcess: URL = new URL("../experiment/trial-worker.js", import.meta.url);
