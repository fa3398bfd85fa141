/** What all callers wait for, so that none of them takes all of it. Holds a count for who has something under way, no more. */
import { Refusal } from '../../base/errors.ts';

/** Does the work, unless this user has a share of it under way. @throws rate.screening */
export type FairShare = <T>(user: string, work: () => Promise<T>) => Promise<T>;

/** @param max of one user at a time, at least 1 */
export function createFairShare(max: number): FairShare {
  const underWay = new Map<string, number>();
  return async (user, work) => {
    const count = underWay.get(user) ?? 0;
    if (count >= max) throw new Refusal('rate.screening', { retryAfterS: 1 });
    underWay.set(user, count + 1);
    try {
      return await work();
    } finally {
      const left = (underWay.get(user) ?? 1) - 1;
      if (left > 0) underWay.set(user, left);
      else underWay.delete(user);
    }
  };
}
