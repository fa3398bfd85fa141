/** People who sign in: the provider, the sessions and the directory, where the section `people` is there. */
import { cookiesFor } from '../admin/cookies.ts';
import type { People } from '../admin/people.ts';
import { systemClock } from '../base/clock.ts';
import { createSeal } from '../base/seal.ts';
import { deriveKey, type HouseSecret } from '../base/secret.ts';
import type { Setup } from '../config.ts';
import { createDirectory } from '../domain/people/directory.ts';
import { accessOf } from '../domain/people/people.ts';
import { createSessions } from '../domain/people/sessions.ts';
import { tlsOf } from '../server/egress.ts';
import type { Rules } from './doors.ts';
import type { Engines } from './engines.ts';

/** Undefined where nobody signs in: then nothing of it is loaded. @throws the system's errors for a certificate */
export async function openPeople(
  { config }: Setup,
  secret: HouseSecret,
  { store }: Engines,
  { keys, containing }: Rules,
): Promise<People | undefined> {
  const settings = config.people;
  if (settings === undefined) return undefined;
  const { createIdentityProvider } = await import('../engines/identity-provider.ts');
  const { watching, containment } = containing;
  const sessions = createSessions(store, settings.sessionHours, systemClock);
  const change = watching.change.bind(watching);
  return {
    settings,
    provider: createIdentityProvider({
      ...settings,
      redirectUri: `${settings.baseUrl}/console/callback`,
      afterLogoutUri: `${settings.baseUrl}/console`,
      tls: tlsOf(settings),
    }),
    sessions,
    directory: createDirectory({
      store,
      keys,
      sessions,
      change,
      clock: systemClock,
      accessOf: (groups) => accessOf(settings, groups),
    }),
    cookies: cookiesFor(settings.baseUrl),
    containment,
    seal: createSeal(secret),
    digestKey: deriveKey(secret.present, 'digest'),
  };
}
