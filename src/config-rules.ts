/** The rules that span environment and sections. A section that is wrong in itself is left out of them. */
import { accessSync, constants } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { certificateEnd, readCertificate } from './base/certificate.ts';
import { isWithin } from './base/folders.ts';
import type { Config, Sections } from './config.ts';
import { isAddressRange } from './domain/callers/authentication.ts';
import { isBelow } from './domain/callers/lowered-tiers.ts';
import { DEFAULT_UPSTREAM } from './domain/upstreams/upstreams.ts';
import { type Environment, type Fault, limitDefaults } from './environment.ts';
import { unknownNames } from './openai/endpoints/index.ts';

const DAY_MS = 86_400_000;
const KEY_AGE_DAYS_MAX = 90;
const EXPIRY_DAYS_MIN = 14;

/** Only addresses that no other machine can reach; a name but `localhost` could mean anything. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Production rules hold: NODE_ENV=production, or a listener that others can reach. */
export function isProduction({ NODE_ENV, HOST, ADMIN_HOST = HOST }: Environment): boolean {
  return NODE_ENV === 'production' || !isLoopback(HOST) || !isLoopback(ADMIN_HOST);
}

/** What is started: the tool server has no way upstream, and may not hold its key. */
export type ProcessKind = 'gateway' | 'tools';

/** 0 is any port that is free. */
function checkPorts({ HOST, PORT, ADMIN_HOST = HOST, ADMIN_PORT }: Environment, fault: AddFault): void {
  if (PORT !== 0 && PORT === ADMIN_PORT && HOST === ADMIN_HOST)
    fault('ADMIN_PORT', 'is PORT as well: each listener needs one of its own');
}

/** What is missing or contradicts goes to `faults`. */
export function checkRules(
  environment: Environment,
  config: Sections,
  faults: Fault[],
  process: ProcessKind = 'gateway',
): void {
  const told = new Set(faults.flatMap(({ path }) => [path, path.replace(/_FILE$/, '')]));
  const fault = (path: string, message: string): void =>
    void (told.has(path) || faults.push({ path, message }));
  if (isProduction(environment)) {
    if (process === 'gateway' && (config.upstream?.apiKey ?? environment.OPENAI_API_KEY) === undefined)
      fault('OPENAI_API_KEY', 'is required in production: the simulator is for local use');
    for (const name of ['SALLYPORT_SECRET', 'SALLYPORT_ADMIN_KEY'] as const) {
      if (environment[name] === undefined)
        fault(name, 'is required in production: NODE_ENV=production, or a listener beyond loopback');
    }
  }
  const { apiKey = environment.OPENAI_API_KEY } = config.upstream ?? {};
  checkUpstreams(config, apiKey, fault);
  if (process === 'tools') {
    const keys = [apiKey, config.upstream?.apiKeyNext, ...Object.keys(config.upstreams ?? {})];
    if (keys.some((key) => key !== undefined))
      fault('OPENAI_API_KEY', "must not be given to the process of the tools: it never needs upstream's key");
    if (config.toolServer === undefined) fault('toolServer', 'is needed: which tools there are');
  }
  checkPorts(environment, fault);
  checkFolders(config, environment.DATA_DIR, fault);
  for (const name of unknownNames(config.endpoints?.allow ?? []))
    fault('endpoints.allow', `no such group: ${name}`);
  for (const [index, entry] of (config.server?.trustProxy ?? []).entries()) {
    if (!isAddressRange(entry)) fault(`server.trustProxy.${index}`, 'must be an address or a CIDR block');
  }
  for (const name of ['tls', 'adminTls'] as const) {
    const settings = config.server?.[name];
    const wrong = settings && faultOf(() => readCertificate(settings));
    if (wrong !== undefined) fault(`server.${name}`, wrong);
  }
  if (config.jwt?.hs256 && environment.JWT_SECRET === undefined)
    fault('JWT_SECRET', 'is required by jwt.hs256');
  checkEndUsers(config, fault);
  for (const [team, { tiers = [] }] of Object.entries(config.teams ?? {}))
    for (const name of tiers)
      if (config.tiers && !Object.hasOwn(config.tiers, name))
        fault(`teams.${team}.tiers`, 'names no tier of the configuration');
  checkPeople(config, fault);
  if (config.egress) checkFiles('egress', config.egress, fault);
  for (const [rule, { lowerTo }] of Object.entries(config.incidents?.rules ?? {}))
    if (lowerTo !== undefined && config.tiers && !Object.hasOwn(config.tiers, lowerTo))
      fault(`incidents.rules.${rule}.lowerTo`, 'is no tier of the configuration');
  const tier = config.jwt?.defaults.tier;
  if (tier !== undefined && config.tiers && !Object.hasOwn(config.tiers, tier))
    fault('jwt.defaults.tier', 'is no tier of the configuration');
}

/** What a group gives must be there, and be what its team may have. */
function checkPeople({ people, tiers, teams = {} }: Sections, fault: AddFault): void {
  for (const [group, { team, tier }] of Object.entries(people?.groups ?? {})) {
    const path = `people.groups.${group}.tier`;
    if (tiers && !Object.hasOwn(tiers, tier)) fault(path, 'is no tier of the configuration');
    const allowed = Object.hasOwn(teams, team) ? teams[team]?.tiers : undefined;
    if (allowed && !allowed.includes(tier))
      fault(path, `is none of the tiers of the team: teams.${team}.tiers`);
  }
  if (people) checkFiles('people', people, fault);
}

/** Of all upstreams; and where somebody is sent to one of several, whose the objects are must be known. */
function checkUpstreams(
  { upstream, upstreams = {}, teams = {}, objects }: Sections,
  apiKey: string | undefined,
  fault: AddFault,
): void {
  const all = [
    ['upstream', { ...upstream, apiKey }] as const,
    ...Object.entries(upstreams).map(([name, one]) => [`upstreams.${name}`, one] as const),
  ];
  for (const [path, one] of all) {
    for (const key of ['apiKey', 'apiKeyNext'] as const) {
      if (one[key]?.startsWith('sk-admin-'))
        fault(
          `${path}.${key}`,
          'is an admin key (sk-admin-), which can change the account; use a project key',
        );
    }
    checkFiles(path, one, fault);
  }
  for (const [team, { upstream: name }] of Object.entries(teams)) {
    if (name !== undefined && name !== DEFAULT_UPSTREAM && !Object.hasOwn(upstreams, name))
      fault(`teams.${team}.upstream`, 'is no name in the section upstreams');
  }
  if (all.length > 1 && objects?.isolation === 'off')
    fault(
      'objects.isolation',
      'must not be off with several upstreams: where an object is stands with its owner',
    );
}

/** Where keys speak for others, whose an object is must be known, and limits of theirs must have somebody to hold for. */
function checkEndUsers({ tiers = {}, objects }: Sections, fault: AddFault): void {
  for (const [name, { endUsers = 'off', perEndUser }] of Object.entries(tiers)) {
    if (perEndUser && endUsers === 'off')
      fault(`tiers.${name}.perEndUser`, 'holds for nobody where endUsers is off');
    if (endUsers !== 'off' && objects?.isolation === 'off')
      fault('objects.isolation', 'must not be off where a tier has endUsers: they would reach each other');
  }
}

/**
 * A command that may write a folder could put a link in the place of one in it, and the next command would be shown
 * whatever that leads to. And nobody is shown the audit log, the store or what is kept beside them.
 */
function checkFolders({ toolServer }: Sections, dataDir: string, fault: AddFault): void {
  const used = Object.entries(toolServer?.tools ?? {}).flatMap(([name, { run }]) =>
    run.kind === 'command' ? [{ name, ...run.folders }] : [],
  );
  const written = used.flatMap(({ write }) => write);
  const own = resolve(dataDir);
  for (const { name, read, write } of used) {
    const path = `toolServer.tools.${name}.run.folders`;
    for (const folder of [...read, ...write]) {
      if (isWithin(folder, own) || isWithin(own, folder)) fault(path, 'must not hold DATA_DIR, or be in it');
      if (written.some((other) => other !== folder && isWithin(folder, other)))
        fault(path, 'must not be in a folder that a tool may write');
    }
  }
}
type AddFault = (path: string, message: string) => void;

/** What works and should be known: at start, in the log and in the audit log. */
export function warningsOf(environment: Environment, config: Config): string[] {
  const { upstream, ledger, store, server, liveness } = config;
  const { apiKey, apiKeyCreatedAt } = upstream;
  const ageMs = apiKeyCreatedAt === undefined ? 0 : Date.now() - Date.parse(apiKeyCreatedAt);
  const production = isProduction(environment);
  const found: readonly (readonly [boolean, string])[] = [
    [production && ledger.kind === 'embedded', 'the embedded ledger serves one process only'],
    [production && store.kind === 'embedded', 'the embedded store serves one process only'],
    [
      ledger.kind === 'redis' && store.kind === 'embedded',
      'a Redis ledger with the embedded store: lost ledger data cannot be rebuilt',
    ],
    [
      apiKey !== undefined && !/^sk-(?:proj|svcacct)-/.test(apiKey),
      "upstream's key is not scoped to a project; use a project key",
    ],
    ...[server.tls, server.adminTls].map(
      (tls) =>
        [
          tls !== undefined && certificateEnd(readCertificate(tls)) - Date.now() < EXPIRY_DAYS_MIN * DAY_MS,
          `a certificate ends within ${EXPIRY_DAYS_MIN} days, or has ended`,
        ] as const,
    ),
    [
      production && server.tls === undefined && server.trustProxy.length === 0,
      'callers are served in clear: set server.tls, or name the proxy that ends TLS in server.trustProxy',
    ],
    [
      environment.SALLYPORT_SECRET_PREVIOUS !== undefined && speaksForOthers(config),
      'once SALLYPORT_SECRET_PREVIOUS is taken away, end users lose what was made for them under it: keep it as long as that is needed',
    ],
    [production && liveness.everySeconds === 0, 'controls are not tried: liveness.everySeconds is 0'],
    [ageMs > KEY_AGE_DAYS_MAX * DAY_MS, `upstream's key is over ${KEY_AGE_DAYS_MAX} days old; rotate it`],
  ];
  return [
    ...found.flatMap(([holds, warning]) => (holds ? [warning] : [])),
    ...notLowered(environment, config),
  ];
}

/** Whether callers of any tier name end users, whose digests follow from the secret. */
function speaksForOthers({ tiers }: Config): boolean {
  return Object.values(tiers).some(({ endUsers = 'off' }) => endUsers !== 'off');
}

/** A tier that is neither above nor below the one that a rule lowers to: its callers keep it. */
function notLowered(environment: Environment, { tiers, guardrails, incidents }: Config): string[] {
  const policy = { tiers, guardrails, defaults: limitDefaults(environment) };
  return Object.entries(incidents.rules).flatMap(([rule, { lowerTo }]) => {
    if (lowerTo === undefined) return [];
    const beside = Object.keys(tiers).filter(
      (tier) => tier !== lowerTo && !isBelow(policy, lowerTo, tier) && !isBelow(policy, tier, lowerTo),
    );
    return beside.map(
      (tier) =>
        `incidents.rules.${rule}: callers of tier ${tier} keep it, as ${lowerTo} gives more in something`,
    );
  });
}

/** Its message, if it throws. */
function faultOf(attempt: () => unknown): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'unknown';
  }
}

type Files = { readonly [Name in 'caFile' | 'clientCertFile' | 'clientKeyFile']?: string | undefined };

function checkFiles(path: string, files: Files, fault: AddFault): void {
  for (const file of ['caFile', 'clientCertFile', 'clientKeyFile'] as const) {
    const name = files[file];
    if (name !== undefined && !isReadable(name)) fault(`${path}.${file}`, 'cannot be read');
  }
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
