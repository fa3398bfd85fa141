/** Whether a command is asked how it is used: that is an answer (exit 0, standard output), where a mistake is none (2, standard error). */

/** `help` in the first place, `--help` or `-h` in any. */
export function asksForHelp(args: readonly string[]): boolean {
  return args[0] === 'help' || args.some((arg) => arg === '--help' || arg === '-h');
}
