/** The section `ledger` of the configuration where it is Redis: one server, a master that sentinels name, or a cluster. */
import { z } from 'zod';

const address = z
  .string({ error: 'must be a URL' })
  .regex(/^rediss?:\/\/[^/]/, 'must be redis:// or rediss:// and a host');

const text = z.string().min(1).max(1024);

/** Exactly one of `url`, `sentinels` with `name`, and `cluster`. */
export const redisLedgerSchema = z
  .strictObject({
    kind: z.literal('redis'),
    /** One server, with user, password and database as needed; `rediss://` for TLS. */
    url: address.optional(),
    /** Those who know which server is the master; user and password of a URL are for them. */
    sentinels: z.array(address).min(1).max(20).optional(),
    /** What the sentinels call it. */
    name: text.optional(),
    /** For the master that is found. */
    username: text.optional(),
    password: text.optional(),
    tls: z.boolean().optional(),
    /** Some nodes, the rest is found; user, password and TLS of the first are for all. */
    cluster: z.array(address).min(1).max(100).optional(),
    onFailure: z.enum(['closed', 'open']).default('closed'),
    /** Longest a call takes before it is `ledger.unavailable`. */
    waitMsMax: z.int().min(10).max(10_000).default(250),
    namespace: z
      .string()
      .regex(/^[a-z0-9-]{1,32}$/)
      .default('main'),
  })
  .superRefine(({ url, sentinels, name, username, password, tls, cluster }, context) => {
    const fault = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    const given = [url, sentinels, cluster].filter((way) => way !== undefined).length;
    if (given === 0) fault('url', 'REDIS_URL, or a URL here, is needed');
    if (given > 1) fault('url', 'one of url, sentinels and cluster, not several');
    if (sentinels !== undefined && name === undefined) fault('name', 'is needed with sentinels');
    if (sentinels !== undefined) return;
    for (const [path, value] of Object.entries({ name, username, password, tls }))
      if (value !== undefined) fault(path, 'belongs to sentinels');
  });

/** Where the ledger's server is. */
export type RedisServers = Pick<
  z.output<typeof redisLedgerSchema>,
  'url' | 'sentinels' | 'name' | 'username' | 'password' | 'tls' | 'cluster'
>;
