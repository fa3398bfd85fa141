/** The commands `lockdown show`, `lockdown set` and `lockdown release`: the kill switch through the admin API. */
import { parseArgs } from 'node:util';
import { type AdminApi } from './client.ts';
import { type CommandResult, flags, run } from './commands.ts';

const USAGE = `usage: lockdown show
       lockdown set [--all] [--tiers A,B] [--users A,B] [--keys A,B] [--models A,B] [--tools A,B] [--reason R]
       lockdown release [--break-glass REASON]
`;
const PATH = '/admin/lockdown';
const list = { type: 'string' } as const;
const LISTS = ['tiers', 'users', 'keys', 'models', 'tools'] as const;

/** What is set replaces what was shut before. */
export async function runLockdown(args: readonly string[], api: AdminApi): CommandResult {
  const [verb, ...rest] = args;
  return await run(USAGE, args, () => {
    if (verb === 'show' && rest.length === 0) return api.call('GET', PATH);
    if (verb === 'release') {
      const { 'break-glass': breakGlass } = flags(rest, ['break-glass']);
      return api.call('PUT', PATH, breakGlass === undefined ? {} : { breakGlass });
    }
    return verb === 'set' ? api.call('PUT', PATH, shutBy(rest)) : undefined;
  });
}

/** @throws Error for what is not understood, or names nothing */
function shutBy(args: readonly string[]): Record<string, unknown> {
  const options = {
    all: { type: 'boolean' },
    reason: list,
    tiers: list,
    users: list,
    keys: list,
    models: list,
    tools: list,
  } as const;
  const { values } = parseArgs({ args: [...args], options, strict: true });
  const shut: Record<string, unknown> = { ...(values.all && { all: true }) };
  for (const name of LISTS) {
    const given = values[name];
    if (given !== undefined) shut[name] = given.split(',').filter(Boolean);
  }
  if (Object.keys(shut).length === 0) throw new Error('nothing is named');
  return { ...shut, ...(values.reason !== undefined && { reason: values.reason }) };
}
