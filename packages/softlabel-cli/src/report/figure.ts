import type { CsvTable } from "./csv.ts";
import type { Panel } from "./drawing.ts";
import type { LegendEntry } from "./theme.ts";

/** A figure of the report: panels side by side under one heading, one caption, one table of data. */
export interface Figure {
  readonly id: string;
  readonly title: string;
  /** How to read it. */
  readonly caption: string;
  /** Panels that belong side by side share a group. */
  readonly groups: readonly (readonly Panel[])[];
  /**
   * Panel width: `small` panels stand two beside each other on a phone; a `broad` one takes the whole width, and
   * scrolls sideways on a phone.
   */
  readonly size: "small" | "wide" | "broad";
  /** What the marks mean, where arms or classes share a panel. */
  readonly legend: readonly LegendEntry[];
  readonly csv: CsvTable;
  /** Tables beside the first, where the panels show more than one. */
  readonly furtherCsv?: readonly CsvTable[];
}

/** Width and height in pixels of a panel of each size; broad ones are as large as what they hold. */
export const panelSize: Readonly<
  Record<Exclude<Figure["size"], "broad">, { readonly width: number; readonly height: number }>
> = {
  small: { width: 176, height: 168 },
  wide: { width: 340, height: 230 },
};
