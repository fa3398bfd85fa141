/** The commands: start · check-config · keys · usage · audit · scan · coverage · api-diff · simulate. */
import { readFileSync } from 'node:fs';
import { runAudit, runKeys, runUsage } from './admin/commands.ts';
import { loadSetup, printable } from './config.ts';
import { runVerify } from './engines/audit-verify-command.ts';
import { runScan } from './guardrails/scan.ts';
import { apiDiff } from './openai/api-diff.ts';
import { coverage } from './openai/coverage.ts';
import { houseSecrets } from './house-secret.ts';
import { startSimulator } from './simulator/start-simulator.ts';

const USAGE = `usage: npm run sallyport -- <command>

  start                         the gateway (as npm start)
  check-config                  the effective configuration, secrets hidden; exit 1 with all faults
  keys create --user U --tier T [--role R] [--team M] [--name N] …
  keys list | keys revoke ID | keys rotate ID [--overlap SECONDS]
  usage --user U                today's requests, tokens and money
  audit list [--user U] [--action A] [--status S] [--limit N]
  audit verify DIR [--checkpoint FILE]
  scan                          JSON lines {text, role?} on standard input: what the guardrails find
  coverage                      every operation, and what is done with it
  api-diff FILE                 what another description of the API has that the endpoint table has not
  simulate [PORT]               the stand-in for OpenAI alone
`;

type Command = (args: readonly string[]) => Promise<number> | number;

const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);

const COMMANDS: Readonly<Record<string, Command>> = {
  async start() {
    await import('./main.ts');
    return await new Promise<number>(() => {});
  },
  'check-config'() {
    const setup = loadSetup(process.env);
    for (const warning of setup.warnings) process.stderr.write(`warning: ${warning}\n`);
    print(printable(setup));
    return 0;
  },
  keys: (args) => runKeys(args, process.env),
  usage: (args) => runUsage(args, process.env),
  async audit([verb, ...rest]) {
    if (verb === 'list') return await runAudit(rest, process.env);
    if (verb !== 'verify') return usage();
    const { code, text } = await runVerify(rest, houseSecrets(process.env));
    process.stdout.write(text);
    return code;
  },
  async scan() {
    await runScan(process.stdin, process.stdout);
    return 0;
  },
  coverage() {
    print(coverage());
    return 0;
  },
  'api-diff'([file]) {
    if (file === undefined) return usage();
    const { added, removed } = apiDiff(JSON.parse(readFileSync(file, 'utf8')));
    for (const line of added) process.stdout.write(`+ ${line}\n`);
    for (const line of removed) process.stdout.write(`- ${line}\n`);
    return added.length + removed.length > 0 ? 1 : 0;
  },
  async simulate([port = '0']) {
    const { baseUrl } = await startSimulator({ port: Number(port) });
    process.stdout.write(`${baseUrl}\n`);
    return await new Promise<number>(() => {});
  },
};

function usage(): number {
  process.stderr.write(USAGE);
  return 2;
}

const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
try {
  process.exitCode = await (command ?? usage)(args);
} catch (error) {
  process.stderr.write(`sallyport: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
