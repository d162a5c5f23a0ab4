import { attempts } from "../experiment/queue/offers.ts";
import type { WorkerNews } from "../experiment/queue/worker-news.ts";
import type { Output } from "./console.ts";
import { describeTrial } from "./trial-tally.ts";

/** What a worker writes while it works. */
export interface WorkerLog {
  readonly begin: (folder: string, jobs: number, server: string) => void;
  readonly tell: (news: WorkerNews) => void;
  readonly end: () => void;
}

/** A line for each thing that happens: for people on `notes`, or of JSON on `output`. */
export function tellWork({
  json,
  output,
  notes,
}: {
  readonly json: boolean;
  readonly output: Output;
  readonly notes: Output;
}): WorkerLog {
  const line = (words: string, record: object): void => {
    if (json) output.write(`${JSON.stringify({ at: new Date().toISOString(), ...record })}\n`);
    else notes.write(`${words}\n`);
  };
  let finished = 0;
  return {
    begin: (folder, jobs, server) =>
      line(`takes trials of ${folder} from ${server}, ${jobs} at a time`, { type: "began", folder, jobs, server }),
    tell(news) {
      if (news.type === "finished") finished++;
      const words = inWords(news);
      if (words !== null || json) line(words ?? "", recordOf(news));
    },
    end: () => line(`ended; it finished ${finished} trials`, { type: "ended", finished }),
  };
}

/** `null` for what people need no line for. */
function inWords(news: WorkerNews): string | null {
  switch (news.type) {
    case "taken":
      return `took ${describeTrial(news.trial)}`;
    case "started":
    case "acknowledged":
      return null;
    case "finished":
      return `finished ${describeTrial(news.trial)}`;
    case "found":
      return `found ${describeTrial(news.trial)} finished`;
    case "returned":
      return `gave back ${describeTrial(news.trial)}`;
    case "stopped":
      return `stopped ${describeTrial(news.trial)} early, as the experiment wished`;
    case "lost":
      return `lost ${describeTrial(news.trial)}: the server did not hear of it for too long; whoever finishes first counts`;
    case "failed":
      return `${describeTrial(news.trial)} failed, ${news.attempt} of ${attempts} times: ${news.reason}`;
    case "refused":
      return `refused ${news.job}: ${news.reason}`;
    case "recovered":
      return `${news.job} was lost by its worker and is on offer again`;
    case "trouble":
      return `the queue's server: ${news.what}`;
  }
}

function recordOf(news: WorkerNews): object {
  if (!("trial" in news)) return news;
  const { trial, ...rest } = news;
  return { ...rest, trial: trial.id, seed: trial.config.seed };
}
