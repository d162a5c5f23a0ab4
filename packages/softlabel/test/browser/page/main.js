import { solve } from "./problems.js";

globalThis.solved = solve();
