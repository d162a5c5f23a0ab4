/** The variable that holds a queue's URL, so that its password stands on no command line. */
export const queueVariable = "SOFTLABEL_QUEUE";

/** This process' environment for processes that carry trials out: none of them needs the queue's password. */
export function environmentOfTrials(): NodeJS.ProcessEnv {
  const { [queueVariable]: _, ...others } = process.env;
  return others;
}
