import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { isOfAllClasses, type PredictionsFile, type TopLabelsFile } from "../data/predictions/read-predictions.ts";

/** SHA-256 of a file in hexadecimal; of standard input, which is gone when it was read, of what was read. */
export async function hashOf(path: string, file: PredictionsFile | TopLabelsFile): Promise<string> {
  const hash = createHash("sha256");
  if (path !== "-") {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
    return hash.digest("hex");
  }
  const arrays = isOfAllClasses(file) ? [file.test.data, file.test.labels] : [file.test.confidence, file.test.correct];
  for (const { buffer, byteOffset, byteLength } of arrays) hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest("hex");
}
