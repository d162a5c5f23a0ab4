/**
 * Σ term(k) over 0 ≤ k < classes but one, for terms ≥ 0, with an error of about one unit in the last place whatever
 * the number of classes (Kahan's summation).
 */
export function sumBut(except: number, classes: number, term: (k: number) => number): number {
  let sum = 0;
  let excess = 0;
  for (let k = 0; k < classes; k++) {
    if (k === except) continue;
    const wanted = term(k) - excess;
    const next = sum + wanted;
    excess = next - sum - wanted;
    sum = next;
  }
  return sum;
}
