/** How far guardrails are rolled out, what enforcing would refuse, and the end of a fallback to observing. */
import { z } from 'zod';
import { csvText } from '../base/csv.ts';
import { eachEntry } from '../domain/records/entry-pages.ts';
import { RefusalReport, REPORTED_ACTIONS } from '../domain/rollout/refusal-report.ts';
import { periodInput, periodOf, periodView } from './period.ts';
import { nothing, type Route, route } from './route.ts';

const showRollout = route({
  method: 'GET',
  path: '/admin/rollout',
  action: 'admin.rollout.view',
  permission: 'view_logs',
  summary: 'For whom guardrails enforce, and whether they have gone back to observing, since when and why.',
  status: 200,
  input: nothing,
  plan: (_input, _id, { rollout }) => ({ resource: 'guardrails', run: () => rollout.view() }),
});

const liftFallback = route({
  method: 'DELETE',
  path: '/admin/rollout/fallback',
  action: 'admin.rollout.lift',
  permission: 'manage_users',
  summary: 'Guardrails enforce as configured again, in every process.',
  status: 200,
  input: nothing,
  plan: (_input, _id, { rollout }) => ({
    resource: 'guardrails',
    run: async () => ({ lifted: await rollout.lift() }),
  }),
});

const COLUMNS = ['team', 'guardrail', 'category', 'calls', 'wouldRefuse', 'refused'] as const;

const report = route({
  method: 'GET',
  path: '/admin/report',
  action: 'admin.report.view',
  permission: 'view_logs',
  summary:
    'Calls that guardrails refused in a period, and would have refused of callers they are tried on, by team and category.',
  status: 200,
  mediaTypes: ['application/json', 'text/csv'],
  forTeams: true,
  input: z.strictObject({
    ...periodInput,
  }),
  plan({ format, ...input }, _id, { store, clock }, { teamAdmin }) {
    const period = periodOf(input, clock.now());
    return {
      resource: 'guardrails',
      metadata: { ...periodView(period), format, team: teamAdmin?.team },
      async run() {
        const counted = new RefusalReport(teamAdmin?.team);
        await eachEntry(store, { actions: REPORTED_ACTIONS, ...period }, (entry) => counted.take(entry));
        const rows = counted.rows();
        if (format === 'csv')
          return csvText(
            COLUMNS,
            rows.map((row) => COLUMNS.map((name) => row[name])),
          );
        return { object: 'list', data: rows, teams: counted.calls(), ...periodView(period) };
      },
    };
  },
});

/** In the order of the description. */
export const ROLLOUT_ROUTES: readonly Route[] = [showRollout, liftFallback, report];
