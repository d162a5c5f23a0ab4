/**
 * Makes JavaScript of `chaos.ts` and of what it starts as processes of their own, from the sources as they are now.
 *
 * @param folder - where they are put, each named as its source and ending in `.mjs`.
 * @returns its URL, ending in a slash.
 */
export declare function buildPrograms(folder: string): Promise<URL>;
