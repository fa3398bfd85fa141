/** A tool that has no effect: it remembers what it was given, and says what it was told to say. */
import type { ToolRunner } from '../ports/tool-runner.ts';

/** What the probe's own calls are of; a policy that closes it closes nothing of the house. */
export const PROBE_TOOL = 'sallyport_probe';

/** For one call at a time, under the name that the call has. */
export class SealedTool {
  name = PROBE_TOOL;
  #says = '';
  #onSent: () => void = () => undefined;
  /** The arguments it was run with, once it was. */
  received: string | undefined;

  /** For the next call. @param onSent called when it is run, before it says anything */
  begin(name: string, says: string, onSent: () => void): void {
    this.name = name;
    this.#says = says;
    this.#onSent = onSent;
    this.received = undefined;
  }

  readonly runner: ToolRunner = {
    prepare: (args) => async () => {
      this.received = JSON.stringify(args);
      this.#onSent();
      return { output: this.#says, isError: false, status: 0 };
    },
    close: async () => undefined,
  };
}
