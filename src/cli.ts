/** The commands: start · tools · check-config · keys · users · approvals · incidents · objects · usage · charges · policy · report · rollout · rehearse · audit · ledger · scan · calibrate · train · coverage · api-diff · simulate. */
import { readFileSync } from 'node:fs';
import type { CommandResult } from './admin/commands.ts';
import { asksForHelp } from './admin/help.ts';
import type { AdminAtHand } from './assemble/admin-at-hand.ts';
import { fetchSecrets } from './secret-managers.ts';

const USAGE = `usage: npm run sallyport -- <command>

  start                         the gateway (as npm start)
  tools                         the process that runs the tools of the section toolServer; without upstream's key
  check-config [tools]          the effective configuration, secrets hidden; exit 1 with all faults
  keys create --user U --tier T [--role R] [--team M] [--name N] …
  keys list | keys revoke ID | keys rotate ID [--overlap SECONDS]
  users erase U | users hold U | users release U | users holds
  approvals list [--state S] [--user U] [--limit N] | approvals show ID
  approvals approve|deny ID [--seen DIGEST] [--note N]
  objects list --user U [--kind K] | objects adopt --user U [--team M] ID…
  incidents list [--state S] [--rule R] [--open true] … | incidents show|evidence|postmortem ID
  incidents note ID TEXT | incidents close ID [--note N] | incidents undo ID
  usage --user U                today's requests, tokens and money
  charges --from ISO [--to ISO] [--by team,user,key,model,day] [--format json|csv]
  audit list [--user U] [--action A] [--status S] [--limit N]
  audit checkpoints [--place P] the newest the store has: for --checkpoint
  audit verify DIR [--checkpoint FILE]
  lockdown show|set|release     the kill switch: --all, or --users A,B --models M …
  policy show|reload            the rules in force; the configuration's files read again; [--break-glass REASON]
  policy proposals|confirm ID|withdraw ID   weaker rules that wait for a second person
  report --from ISO [--to ISO] [--format json|csv]   what guardrails refused, and would have
  rollout show|lift             for whom guardrails enforce; ends a fallback to observing
  rehearse --policy FILE        what another policy would have made of the calls on record; [--from] [--to] [--team] [--data DIR]… [--store]
  ledger adopt                  leaves behind what a lost Redis knew
  scan                          JSON lines {text, role?} on standard input: what the guardrails find
  calibrate                     the same lines, all honest: points of the injection guardrail that fit them, as YAML
  train FOLDER [FILE]           trains the injection heads on labelled texts; prints how left-out sources fare
  coverage [--page]             every operation and field, and what inspects it; as JSON, or as COVERAGE.md
  api-diff FILE                 what another description of the API has that the endpoint table has not
  simulate [PORT]               the stand-in for OpenAI alone
  help                          this; COMMAND --help: how that one is used
`;

type Command = (args: readonly string[]) => Promise<number> | number;

const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);

/** Each loads what it needs and no more: a command that only asks is not to wait for a gateway to be read. */
const COMMANDS: Readonly<Record<string, Command>> = {
  async start() {
    await import('./main.ts');
    return await new Promise<number>(() => {});
  },
  async tools() {
    await import('./main-tools.ts');
    return await new Promise<number>(() => {});
  },
  async 'check-config'([kind]) {
    const { loadSetup, printable } = await import('./config.ts');
    const setup = loadSetup(process.env, kind === 'tools' ? 'tools' : 'gateway');
    for (const warning of setup.warnings) process.stderr.write(`warning: ${warning}\n`);
    print(printable(setup));
    return 0;
  },
  async keys(args) {
    const { runKeys } = await import('./admin/commands.ts');
    return await administer((api) => runKeys(args, process.env, api));
  },
  async approvals(args) {
    const { runApprovals } = await import('./admin/approval-commands.ts');
    return await administer((api) => runApprovals(args, process.env, api));
  },
  async objects(args) {
    const { runObjects } = await import('./admin/object-commands.ts');
    return await administer((api) => runObjects(args, process.env, api));
  },
  async incidents(args) {
    const { runIncidents } = await import('./admin/incident-commands.ts');
    return await administer((api) => runIncidents(args, process.env, api));
  },
  async users(args) {
    const { runUsers } = await import('./admin/person-commands.ts');
    return await administer((api) => runUsers(args, process.env, api));
  },
  async usage(args) {
    const { runUsage } = await import('./admin/commands.ts');
    return await administer((api) => runUsage(args, process.env, api));
  },
  async charges(args) {
    const { runCharges } = await import('./admin/charge-commands.ts');
    return await administer((api) => runCharges(args, api));
  },
  async lockdown(args) {
    const { runLockdown } = await import('./admin/containment-commands.ts');
    return await administer((api) => runLockdown(args, api));
  },
  async policy(args) {
    const { runPolicy } = await import('./admin/commands.ts');
    return await administer((api) => runPolicy(args, api));
  },
  async report(args) {
    const { runReport } = await import('./admin/rollout-commands.ts');
    return await administer((api) => runReport(args, api));
  },
  async rollout(args) {
    const { runRollout } = await import('./admin/rollout-commands.ts');
    return await administer((api) => runRollout(args, api));
  },
  async rehearse(args) {
    const { runRehearse } = await import('./assemble/rehearse.ts');
    const { code, text } = await runRehearse(args, process.env);
    process.stdout.write(text);
    return code;
  },
  async ledger(args) {
    const { runLedger } = await import('./admin/commands.ts');
    return await administer((api) => runLedger(args, process.env, api));
  },
  async audit([verb, ...rest]) {
    if (verb === 'list') {
      const { runAudit } = await import('./admin/commands.ts');
      return await administer((api) => runAudit(rest, process.env, api));
    }
    if (verb === 'checkpoints') {
      const { runCheckpoints } = await import('./admin/commands.ts');
      return await administer((api) => runCheckpoints(rest, process.env, api));
    }
    if (verb !== 'verify') return usage();
    const { runVerify } = await import('./engines/audit/audit-verify-command.ts');
    const { houseSecrets } = await import('./house-secret.ts');
    const { code, text } = await runVerify(rest, houseSecrets(process.env));
    process.stdout.write(text);
    return code;
  },
  async scan(args) {
    // Who names a file would wait for it at a terminal, and read nothing found elsewhere.
    if (args.length > 0) return usage();
    const { runScan } = await import('./guardrails/scan.ts');
    await runScan(process.stdin, process.stdout);
    return 0;
  },
  async calibrate() {
    const { runCalibrate } = await import('./admin/commands.ts');
    return await administer((api) => runCalibrate(process.stdin, api));
  },
  async train(args) {
    const { runTrain } = await import('./guardrails/injection/training/train.ts');
    return runTrain(args);
  },
  async coverage([form]) {
    const { coverage } = await import('./openai/coverage.ts');
    const { coveragePage } = await import('./openai/coverage-page.ts');
    if (form === '--page') process.stdout.write(coveragePage(coverage()));
    else print(coverage());
    return 0;
  },
  async 'api-diff'([file]) {
    if (file === undefined) return usage();
    const { apiDiff } = await import('./openai/api-diff.ts');
    const { added, removed } = apiDiff(JSON.parse(readFileSync(file, 'utf8')));
    for (const line of added) process.stdout.write(`+ ${line}\n`);
    for (const line of removed) process.stdout.write(`- ${line}\n`);
    return added.length + removed.length > 0 ? 1 : 0;
  },
  async simulate([port = '0']) {
    const { startSimulator } = await import('./simulator/start-simulator.ts');
    const { baseUrl } = await startSimulator({ port: Number(port) });
    process.stdout.write(`${baseUrl}\n`);
    return await new Promise<number>(() => {});
  },
};

/** Runs a command on the gateway at hand. */
async function administer(command: (api: AdminAtHand) => CommandResult): CommandResult {
  const { adminAtHand } = await import('./assemble/admin-at-hand.ts');
  const api = adminAtHand(process.env);
  try {
    return await command(api);
  } finally {
    await api.close();
  }
}

function usage(): number {
  process.stderr.write(USAGE);
  return 2;
}

function help(): number {
  process.stdout.write(USAGE);
  return 0;
}

/** Those that know more of how they are used than stands above. */
const OWN_USAGE =
  /^(?:keys|users|approvals|objects|incidents|usage|charges|lockdown|policy|report|rollout|ledger)$/;

function commandFor(name: string, args: readonly string[]): Command | undefined {
  if (asksForHelp([name])) return help;
  if (!Object.hasOwn(COMMANDS, name)) return undefined;
  const knowsMore =
    OWN_USAGE.test(name) || (name === 'audit' && /^(?:list|checkpoints)$/.test(args[0] ?? ''));
  return asksForHelp(args) && !knowsMore ? help : COMMANDS[name];
}

const [name = '', ...args] = process.argv.slice(2);
const command = commandFor(name, args);
try {
  // `start` does so itself.
  if (command && command !== help && name !== 'start') await fetchSecrets(process.env);
  process.exitCode = await (command ?? usage)(args);
} catch (error) {
  process.stderr.write(`sallyport: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
