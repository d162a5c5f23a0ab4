export { startThreads, type Threads, type ThreadsOptions } from "./start-threads.ts";
