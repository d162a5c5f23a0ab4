/** Training code that is not the laboratory's: it is told what to train and leaves predictions. */
export type Trainer = CommandTrainer | ModuleTrainer;

/** Any program. It is started by whoever carries a trial out, from the words typed there: no queue carries them. */
export interface CommandTrainer {
  readonly kind: "command";
  /** What was typed after `--trainer`. */
  readonly typed: string;
  /** Program and arguments, with placeholders yet; under a shell the one text that the shell reads. */
  readonly words: readonly string[];
  readonly shell: boolean;
  /** SHA-256 in hexadecimal over the words and the contents of the files among them. */
  readonly hash: string;
  /** Those files, as they were: no trial runs with others. */
  readonly files?: readonly TrainerFile[] | undefined;
}

/** A JavaScript module that exports `train`. */
export interface ModuleTrainer {
  readonly kind: "module";
  readonly typed: string;
  /** Absolute. */
  readonly path: string;
  /** SHA-256 in hexadecimal over the module's own text and that of the files named beside it. */
  readonly hash: string;
  /** All of these, as they were: no trial runs with others. */
  readonly files?: readonly TrainerFile[] | undefined;
}

/** A file that decides what a trainer does. */
export interface TrainerFile {
  /** Absolute. */
  readonly path: string;
  /** SHA-256 in hexadecimal. */
  readonly hash: string;
}
