import type { Output } from "./console.ts";

/** How far a long run is: a bar on a terminal, sparse plain lines elsewhere. */
export interface Progress {
  /** `done` of `total` units are finished; `text` says what is under way. */
  update(done: number, total: number, text?: string): void;
  /** Writes one line above the bar. */
  note(text: string): void;
  /** Leaves the last state on the screen and ends the line. Calling it again does nothing. */
  stop(): void;
}

export interface ProgressOptions {
  readonly label: string;
  /** What is counted, in the singular; `"step"` by default. */
  readonly unit?: string;
  /**
   * For steps of which some last far longer than others: plain lines also tell, every 10 s, a text that changed while one
   * goes on, and no rate or time left is given, which the steps that are done do not tell.
   */
  readonly tellsWithinSteps?: boolean;
  /** Milliseconds that only grow; `performance.now` by default. */
  readonly now?: () => number;
}

const redrawEvery = 100; // ms: as often as an eye can use
const lineEvery = { milliseconds: 10_000, share: 0.05 };
const barWidth = 24;

/**
 * Reports progress on `output`, with the rate and the time left.
 *
 * Both come from what was done since the first `update`, so work that was found finished does not count as speed. Where
 * `output` is no terminal, a line is written at the start, at the end, and between them after 10 s and 5 % at
 * least.
 */
export function createProgress(output: Output, options: ProgressOptions): Progress {
  const { label, unit = "step", tellsWithinSteps = false, now = () => performance.now() } = options;
  let start: { readonly at: number; readonly done: number } | undefined;
  let latest: State | undefined;
  let written: { readonly at: number; readonly done: number } | undefined;

  const state = (done: number, total: number, text: string): State => {
    const at = now();
    start ??= { at, done };
    const seconds = (at - start.at) / 1000;
    return { at, done, total, text, seconds, rate: seconds > 0 ? (done - start.done) / seconds : 0 };
  };
  const line = (s: State): string => {
    const speed = tellsWithinSteps && s.done < s.total ? "" : pace(unit, s);
    return output.isTTY ? bar(label, speed, s) : plain(label, unit, speed, s);
  };
  const draw = (s: State): void => {
    const columns = output.columns || 80; // 0 where the terminal does not know
    output.write(output.isTTY ? `\r\x1b[K${truncate(line(s), columns - 1)}` : `${line(s)}\n`);
    written = { at: s.at, done: s.done };
  };
  const due = (s: State): boolean => {
    if (written === undefined) return true;
    if (s.done === written.done && s.text === latest?.text) return false;
    if (output.isTTY) return s.at - written.at >= redrawEvery;
    const { milliseconds, share } = lineEvery;
    return s.at - written.at >= milliseconds && (tellsWithinSteps || s.done - written.done >= share * s.total);
  };

  return {
    update(done, total, text = "") {
      const s = state(done, total, text);
      const write = due(s);
      latest = s;
      if (write) draw(s);
    },
    note(text) {
      output.write(output.isTTY ? `\r\x1b[K${text}\n` : `${text}\n`);
      if (output.isTTY && latest !== undefined) draw(latest);
    },
    stop() {
      if (latest === undefined) return;
      if (output.isTTY || written?.done !== latest.done) draw(latest);
      if (output.isTTY) output.write("\n");
      latest = undefined;
    },
  };
}

interface State {
  readonly at: number;
  readonly done: number;
  readonly total: number;
  readonly text: string;
  /** Since the first update. */
  readonly seconds: number;
  /** Units a second. */
  readonly rate: number;
}

function bar(label: string, speed: string, s: State): string {
  const filled = Math.round(share(s) * barWidth);
  const cells = "█".repeat(filled) + "░".repeat(barWidth - filled);
  return [`${label} ${cells} ${percent(s)}`, speed, s.text].filter((part) => part !== "").join("  ");
}

function plain(label: string, unit: string, speed: string, s: State): string {
  const parts = [`${label}: ${percent(s)} (${s.done} of ${s.total} ${unit}s)`, speed, s.text];
  return parts.filter((part) => part !== "").join(", ");
}

function pace(unit: string, s: State): string {
  if (s.rate === 0) return "";
  const rate = s.rate >= 1 ? `${three(s.rate)} ${unit}s/s` : `${three(1 / s.rate)} s/${unit}`;
  const time = s.done >= s.total ? `${duration(s.seconds)} taken` : `${duration((s.total - s.done) / s.rate)} left`;
  return `${rate}, ${time}`;
}

function share({ done, total }: State): number {
  return total > 0 ? Math.min(1, done / total) : 1;
}

/** Rounded down: 100 % is written only when everything is done. */
function percent(s: State): string {
  return `${Math.floor(100 * share(s))} %`;
}

/** Three significant digits, never in exponent form. */
function three(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** Whole seconds as `m:ss` or `h:mm:ss`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number): string => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function truncate(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;
}
