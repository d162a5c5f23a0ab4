/** Whether every element that opens is closed, in order. */
export function balanced(xml: string): boolean {
  const open: string[] = [];
  for (const [, closing, name = "", selfClosing] of xml.matchAll(/<(\/?)([\w-]+)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (closing === "/") {
      if (open.pop() !== name) return false;
    } else if (selfClosing !== "/") open.push(name);
  }
  return open.length === 0;
}
