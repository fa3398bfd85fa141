/** What an engine that runs a tool must promise: one run a call, within its bounds, or a refusal that says what happened. */

/** Arguments that fit the tool's schema. */
export type ToolArguments = Readonly<Record<string, unknown>>;

/** What a tool said. */
export interface ToolOutput {
  /** Valid UTF-8 within the tool's bound. */
  readonly output: string;
  /** It ran, and says itself that it failed: a status of a command, a 4xx of a service. */
  readonly isError: boolean;
  /** Exit status of a command, status of an HTTP answer. */
  readonly status: number;
}

/** One tool. */
export interface ToolRunner {
  /**
   * What would be run, without running it: whatever is wrong with the arguments is found here.
   * @throws tool.arguments
   */
  prepare(args: ToolArguments): RunTool;
  close(): Promise<void>;
}

/**
 * Runs it, once; nothing of it is left running when this is over. After an abort it rejects with anything.
 * @throws tool.sandbox nothing was run
 * @throws tool.failed, tool.timeout, tool.overran it may have had its effect
 */
export type RunTool = (signal: AbortSignal) => Promise<ToolOutput>;
