/** Incidents as the admin API shows, opens and takes them on. Notes are in answers alone, never in the audit log. */
import { z } from 'zod';
import { evidenceOf, impactOf, postMortemOf } from '../domain/incidents/incident-report.ts';
import type { IncidentDesk } from '../domain/incidents/incidents.ts';
import { INCIDENT_STATES, type IncidentRecord } from '../ports/incident-store.ts';
import { CHECKPOINTS, keptCheckpoints } from '../domain/records/checkpoints.ts';
import { iso } from './period.ts';
import { type AdminTools, nothing, type Route, route } from './route.ts';

const severity = z.enum(['low', 'medium', 'high', 'critical']);
const state = z.enum(INCIDENT_STATES);
const note = z.string().min(1).max(4000);
const value = z.string().regex(/^[A-Za-z0-9._:-]{1,128}$/);
/** One line of the list. */
function lineOf(incident: IncidentRecord): Record<string, unknown> {
  const { id, rule, subject, user, severity: how, state: at, openedBy, count, rulesVersion } = incident;
  return {
    id,
    rule,
    [subject.kind]: subject.value,
    of: user,
    severity: how,
    state: at,
    openedBy,
    openedAt: iso(incident.openedAt),
    lastAt: iso(incident.lastAt),
    closedAt: iso(incident.closedAt),
    count,
    rulesVersion,
    contained: incident.contained.map(({ kind, of, value: whom, ...when }) => ({
      kind,
      [of]: whom,
      tier: when.tier,
      at: iso(when.at),
      until: iso(when.until),
      liftedAt: iso(when.liftedAt),
      liftedBy: when.liftedBy,
    })),
    heldBack: incident.heldBack,
    notes: incident.notes.length,
  };
}

async function factsOf(incident: IncidentRecord, desk: IncidentDesk) {
  const [timeLine, calls] = await Promise.all([desk.timeLineOf(incident), desk.callsOf(incident)]);
  return { incident, notes: desk.notesOf(incident), timeLine, calls };
}

async function viewOf(incident: IncidentRecord, desk: IncidentDesk): Promise<Record<string, unknown>> {
  const facts = await factsOf(incident, desk);
  return {
    ...lineOf(incident),
    steps: incident.steps.map((step) => ({ ...step, at: iso(step.at) })),
    notes: facts.notes.map((one) => ({ ...one, at: iso(one.at), text: one.text ?? null })),
    impact: impactOf(facts),
    timeLine: facts.timeLine,
  };
}

const listIncidents = route({
  method: 'GET',
  path: '/admin/incidents',
  action: 'admin.incident.list',
  permission: 'view_logs',
  summary:
    'Incidents, the newest first: of one state, rule, severity, user, key, end user; open ones or closed ones.',
  status: 200,
  input: z
    .strictObject({
      state: state.optional(),
      rule: value.optional(),
      severity: severity.optional(),
      user: value.optional(),
      key: value.optional(),
      endUser: value.optional(),
      open: z.enum(['true', 'false']).optional(),
      limit: z.coerce.number().int().min(1).max(1000).default(100),
    })
    .refine(
      ({ user, key, endUser }) => [user, key, endUser].filter(Boolean).length <= 1,
      'an incident is of one',
    ),
  plan: ({ user, key, endUser, open, ...filter }, _id, { incidents }) => ({
    resource: 'incidents',
    metadata: { filter: { ...filter, open } },
    async run() {
      const [subject] = Object.entries({ user, key, endUser }).flatMap(([kind, whose]) =>
        whose === undefined ? [] : [`${kind}:${whose}`],
      );
      const found = await incidents.list({ ...filter, subject, open: open && open === 'true' });
      return { object: 'list', data: found.map(lineOf) };
    },
  }),
});

/** A row that reads one incident. */
function readRoute(
  path: string,
  verb: string,
  summary: string,
  read: (incident: IncidentRecord, tools: AdminTools) => Promise<unknown>,
  mediaTypes?: Route['mediaTypes'],
): Route {
  return route({
    method: 'GET',
    path: `/admin/incidents/:id${path}`,
    action: `admin.incident.${verb}`,
    permission: 'view_logs',
    summary,
    status: 200,
    mediaTypes,
    input: nothing,
    async plan(_input, id, tools) {
      const incident = await tools.incidents.find(id);
      return { resource: incident.id, run: () => read(incident, tools) };
    },
  });
}

const openIncident = route({
  method: 'POST',
  path: '/admin/incidents',
  action: 'admin.incident.open',
  permission: 'manage_users',
  summary: 'Opens an incident by hand; shuts nobody out.',
  status: 201,
  input: z
    .strictObject({
      note,
      severity: severity.default('medium'),
      user: value.optional(),
      key: value.optional(),
      address: value.optional(),
      endUser: value.optional(),
    })
    .refine(
      ({ user, key, address, endUser }) => [user, key, address, endUser].filter(Boolean).length <= 1,
      'one at most',
    ),
  plan({ note: text, severity: how, user, key, address, endUser }, _id, { incidents }, actor) {
    const kind = user ? 'user' : key ? 'key' : address ? 'address' : endUser ? 'endUser' : 'house';
    const subject = { kind, value: user ?? key ?? address ?? endUser ?? 'house' } as const;
    const record = incidents.drafted(actor.user, { severity: how, subject, note: text });
    return {
      resource: record.id,
      metadata: { severity: how, [kind]: subject.value, noteChars: text.length },
      run: async () => lineOf(await incidents.open(record)),
    };
  },
});

const changeIncident = route({
  method: 'POST',
  path: '/admin/incidents/:id',
  action: 'admin.incident.change',
  permission: 'manage_users',
  summary: 'Takes an incident on to another state, adds a note, opens what was shut because of it.',
  status: 200,
  input: z
    .strictObject({ state: state.optional(), note: note.optional(), undo: z.literal(true).optional() })
    .refine((change) => Object.keys(change).length > 0, 'something'),
  async plan(change, id, { incidents }, actor) {
    const incident = await incidents.find(id);
    incidents.checkChange(incident, change);
    return {
      resource: incident.id,
      metadata: { state: change.state, undo: change.undo, noteChars: change.note?.length },
      run: async () => lineOf(await incidents.change(incident.id, actor.user, change)),
    };
  },
});

async function evidence(incident: IncidentRecord, { incidents, store }: AdminTools): Promise<unknown> {
  const { rulesVersion, settings } = incidents;
  const rules = { version: rulesVersion, rule: settings.rules[incident.rule] ?? null };
  const bundle = evidenceOf(await factsOf(incident, incidents), rules);
  const chains = new Set(bundle.entries.map(({ chain }) => chain));
  const kept = [...(await store.listSettings(CHECKPOINTS))];
  const ofChains = kept.filter(([name]) => chains.has(name.slice(name.lastIndexOf(':') + 1)));
  // Beside what the digest is of: they go on while a chain does.
  return { ...bundle, checkpoints: keptCheckpoints(new Map(ofChains)) };
}

export const INCIDENT_ROUTES: readonly Route[] = [
  listIncidents,
  openIncident,
  readRoute(
    '',
    'view',
    'An incident with its notes, its time line in the audit log, and what it cost.',
    (incident, { incidents }) => viewOf(incident, incidents),
  ),
  changeIncident,
  readRoute(
    '/evidence',
    'evidence',
    'The incident with its entries as they stand in the audit log, the rule, and a digest of it all.',
    evidence,
  ),
  readRoute(
    '/postmortem',
    'postmortem',
    'A post-mortem in Markdown: time line, impact, actions, notes, and headings to fill in.',
    async (incident, { incidents }) => postMortemOf(await factsOf(incident, incidents)),
    ['text/markdown'],
  ),
];
