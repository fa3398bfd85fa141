/** Builds the doors of the process that runs tools: its callers', and the operators', which is the gateway's own. */
import type { OwnEgress } from '../base/own-dispatcher.ts';
import { deriveKey } from '../base/secret.ts';
import type { Config } from '../config.ts';
import { createCommandRunner } from '../engines/tool/tool-command.ts';
import { createHttpRunner } from '../engines/tool/tool-http.ts';
import { closeInherited } from '../engines/tool/tool-process.ts';
import { createSandbox, type Sandbox } from '../engines/tool/tool-sandbox.ts';
import { policyVersionOf } from '../domain/approvals/approvals.ts';
import { toolPolicies } from '../domain/tools/tools.ts';
import { answerPolicy } from '../guardrails/settings.ts';
import { createAdminServer } from '../server/admin-server.ts';
import { type CallerServer, createCallerServer } from '../server/caller-server.ts';
import { ownEgressOf } from '../server/egress.ts';
import type { Log } from '../server/log.ts';
import { createPreparationPool, type PreparationPool } from '../server/preparation-pool.ts';
import { createTelemetry, type Telemetry } from '../server/telemetry.ts';
import { createToolDoor } from '../tool-server/door.ts';
import { compileInput } from '../tool-server/input-schema.ts';
import type { ToolCall } from '../tool-server/tool-call.ts';
import { createToolWay, type Tool, type ToolWay, type ToolWayDeps } from '../tool-server/way.ts';
import { adminDeps } from './admin-tools.ts';
import { type DoorParts, type Doors, onRefused, transport } from './doors.ts';
import { ownPages } from './own-pages.ts';
import { checksOf, reasonsOf } from './readiness.ts';
import { startToolProbing } from './tool-probing.ts';

type ToolServer = NonNullable<Config['toolServer']>;

/** @throws Error without the section `toolServer` */
export async function buildToolDoors(parts: DoorParts): Promise<Doors> {
  const { policy, adminKey, log, engines, rules } = parts;
  const { setup } = policy;
  const { toolServer, server, guardrails } = setup.config;
  if (!toolServer) throw new Error('there is no section toolServer');
  const { auditLog } = engines;
  const { sandbox, trouble } = await provenSandbox(toolServer, log);
  const tools = toolsOf(toolServer, sandbox, ownEgressOf(setup.config.egress));
  const pool = createPreparationPool(guardrails);
  let draining = false;
  const isProven = (): boolean => trouble() === undefined;
  const checks = () => ({ ...checksOf(engines, guards), sandbox: isProven(), serving: !draining });
  const telemetry = createTelemetry(() => ({
    checks: checks(),
    auditWaiting: auditLog.health().waiting,
    exports: engines.exporting.health(),
    openExchanges: callers.open().size,
    guards: guards?.list(),
  }));
  const secured = transport(parts);
  const deps = wayDeps(parts, toolServer, tools, pool);
  const guards = startToolProbing({ policy, engines, telemetry, log }, deps);
  const callers = buildCallers(parts, secured.callers, createToolWay(deps), telemetry);
  const admin = createAdminServer({
    // With its getters.
    admin: Object.assign(adminDeps(policy, engines, rules, { adminKey }), { guards }),
    telemetry,
    checks,
    reasons: () => ({ ...reasonsOf(engines, guards), sandbox: trouble() }),
    trustProxy: server.trustProxy,
    ...secured.admin,
  });
  return {
    basePath: '',
    callers,
    admin,
    drain() {
      draining = true;
      void guards?.stop();
      callers.drain();
    },
    async close() {
      await guards?.stop();
      await pool.close();
      for (const { runner } of tools.values()) await runner.close();
    },
  };
}

function buildCallers(
  { policy, log, engines, rules }: DoorParts,
  secured: ReturnType<typeof transport>['callers'],
  way: ToolWay,
  telemetry: Telemetry,
): CallerServer {
  const { config } = policy.setup;
  const { auditLog } = engines;
  return createCallerServer({
    ...config.server,
    ...secured,
    way: createToolDoor({
      way,
      origins: config.server.cors.map((url) => new URL(url).origin),
      onDone: done(telemetry, log),
    }),
    own: ownPages(policy, engines, rules),
    onUnreadable: onRefused(auditLog, rules.failedAttempts, telemetry),
    onTurnedAway: onRefused(auditLog, rules.turnedAway, telemetry),
  });
}

/** Tried where a tool needs it. One that does not work is told loudly, and tried again when it is needed. */
async function provenSandbox({ tools, bubblewrap }: ToolServer, log: Log): Promise<Proven> {
  closeInherited();
  const sandbox = createSandbox(bubblewrap);
  const isNeeded = Object.values(tools).some(({ run }) => run.kind === 'command');
  if (isNeeded) await sandbox.probe();
  const trouble = (): string | undefined => (isNeeded ? sandbox.trouble() : undefined);
  if (trouble() !== undefined)
    log.error(
      { trouble: trouble() },
      'no sandbox works here: tools that are commands are refused, nothing runs without it',
    );
  return { sandbox, trouble };
}
interface Proven {
  readonly sandbox: Sandbox;
  /** Why commands cannot run; undefined: they can, or there are none. */
  readonly trouble: () => string | undefined;
}

function toolsOf({ tools }: ToolServer, sandbox: Sandbox, egress: OwnEgress): ReadonlyMap<string, Tool> {
  const built = Object.entries(tools).map(([name, tool]): [string, Tool] => {
    const { description, inputSchema, run } = tool;
    const runner =
      run.kind === 'http' ? createHttpRunner(run, tool, egress) : createCommandRunner(run, tool, sandbox);
    return [name, { name, description, input: inputSchema, misfit: compileInput(inputSchema), runner }];
  });
  return new Map(built);
}

function wayDeps(
  {
    policy: {
      setup: { config },
    },
    secret,
    engines,
    rules,
  }: DoorParts,
  { runsMax }: ToolServer,
  tools: ReadonlyMap<string, Tool>,
  { screenAnswer, screenTexts }: PreparationPool,
): ToolWayDeps {
  return {
    ...rules,
    containment: rules.containing.containment,
    tools,
    runsMax,
    policyVersion: policyVersionOf(config.tools),
    toolPolicyOf: toolPolicies(
      () => config.tools,
      () => rules.containing.containment.deniedTools,
    ),
    ledger: engines.ledger,
    auditLog: engines.auditLog,
    forgetKey: (id) => rules.keys.forget(id),
    screening: {
      answers: answerPolicy(config.guardrails),
      inlineCharsMax: config.guardrails.workers.overBytes,
      screenAnswer,
      screenTexts,
    },
    digestKey: deriveKey(secret.present, 'digest'),
  };
}

/** The end of every call, for metrics and the log; what an operator has to look at is loud. */
function done(telemetry: Telemetry, log: Log): (call: ToolCall) => void {
  return (call) => {
    const { tool = 'none', ending, refusal, startedAt, arrival } = call;
    telemetry.toolDone(tool, ending, refusal?.code ?? 'none', (performance.now() - startedAt) / 1000);
    const told = { id: arrival.id, tool, code: refusal?.code, detail: refusal?.options.detail };
    if (refusal?.code === 'gateway.fault')
      log.error({ ...told, err: refusal.options.cause }, 'gateway fault');
    else if (refusal?.code === 'tool.sandbox') log.error(told, 'no sandbox: the tool was not run');
    else if (refusal?.row.blame === 'dependency') log.warn(told, 'a tool failed');
    else log.debug({ ...told, ending }, 'done');
  };
}
