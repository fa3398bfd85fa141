/** What calls have cost, for whoever is charged: by team, user, key, model, day, over a period, as JSON or CSV. */
import { z } from 'zod';
import { csvText } from '../base/csv.ts';
import { CHARGED_ACTIONS, CHARGED_BY, type ChargedBy, ChargeBook } from '../domain/limits/charge-back.ts';
import { eachEntry } from '../domain/records/entry-pages.ts';
import { periodInput, periodOf, periodView } from './period.ts';
import { type Route, route } from './route.ts';

const one = CHARGED_BY.join('|');

const charges = route({
  method: 'GET',
  path: '/admin/charges',
  action: 'admin.charges.view',
  permission: 'view_costs',
  summary:
    'What calls that ended in a period have cost, the dearest first; as far back as the store keeps entries.',
  status: 200,
  mediaTypes: ['application/json', 'text/csv'],
  forTeams: true,
  input: z.strictObject({
    ...periodInput,
    by: z
      .string()
      .regex(new RegExp(`^(?:${one})(?:,(?:${one})){0,4}$`))
      .default('team'),
  }),
  plan({ by, format, ...input }, _id, { store, clock }, { teamAdmin }) {
    const period = periodOf(input, clock.now());
    const names = CHARGED_BY.filter((name) => by.split(',').includes(name));
    return {
      resource: 'charges',
      metadata: { ...periodView(period), by: names.join(','), format, team: teamAdmin?.team },
      async run() {
        const book = new ChargeBook(names, teamAdmin?.team);
        await eachEntry(store, { actions: CHARGED_ACTIONS, ...period }, (entry) => book.take(entry));
        return format === 'csv' ? csvOf(book, names) : { ...listOfCharges(book), ...periodView(period) };
      },
    };
  },
});

function listOfCharges(book: ChargeBook) {
  const data = book.rows().map(({ names, ...sums }) => ({ ...names, ...sums }));
  return { object: 'list', data, total: book.total() };
}

function csvOf(book: ChargeBook, by: readonly ChargedBy[]): string {
  const rows = book
    .rows()
    .map(({ names, calls, tokens, usd }) => [...by.map((name) => names[name]), calls, tokens, usd]);
  return csvText([...by, 'calls', 'tokens', 'usd'], rows);
}

/** In the order of the description. */
export const CHARGE_ROUTES: readonly Route[] = [charges];
