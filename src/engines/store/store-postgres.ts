/**
 * The store of many processes: PostgreSQL. Every wait is bounded, no fault of the server or the network ends
 * the process, and a connection that failed is never used again. The URL holds a password: it is never logged.
 */
import { PostgresDialect, type PostgresPool, type PostgresPoolClient, sql } from 'kysely';
import { DatabaseError, Pool, types } from 'pg';
import type { Store } from '../../ports/store.ts';
import { createSqlStore } from './store-sql.ts';

const WAIT_MS_MAX = 1000;
const connectionsMax = 10;

/** Any number; the same in every process, so that only one creates tables at a time. */
const migrationLockId = 7_237_114_301;

export interface PostgresStoreOptions {
  readonly url: string;
  /** Longest wait for a connection, and then again for the answer; 1 s where left out. */
  readonly waitMsMax?: number;
}

/**
 * The store in this database (`postgres://user:password@host/name?sslmode=verify-full`). Connects with
 * `open()` or the first query; reconnects by itself.
 */
export function openPostgresStore({ url, waitMsMax = WAIT_MS_MAX }: PostgresStoreOptions): Store {
  const pool = new Pool({
    connectionString: url,
    application_name: 'sallyport',
    max: connectionsMax,
    connectionTimeoutMillis: waitMsMax,
    query_timeout: waitMsMax,
    statement_timeout: waitMsMax,
    keepAlive: true,
    types: { getTypeParser: parserOf },
  });
  // An 'error' event that nobody hears ends a process. The query at hand, or the next one, tells the fault.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return createSqlStore({
    dialect: new PostgresDialect({ pool: discardingBroken(pool) }),
    text: sql`text collate "C"`,
    // json, not jsonb: an entry comes out as it went in, letter by letter.
    elements: (json) => sql`json_array_elements(${json}::json)`,
    migrationLock: sql`select pg_advisory_xact_lock(${sql.lit(migrationLockId)})`,
  });
}

const bigint: number = types.builtins.INT8;

/** Counts and times are below 2^53, so a bigint reads as a number. */
function parserOf(type: number): (value: string) => unknown {
  const parse: (value: string) => unknown = types.getTypeParser(type);
  return type === bigint ? Number : parse;
}

/** The pool, but a connection goes back to it only if each of its failures was the server's own answer. */
function discardingBroken(pool: Pool): PostgresPool {
  return {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => {
      const client = await pool.connect();
      let broken = false;
      const query = async (text: string, parameters: readonly unknown[]): Promise<unknown> => {
        try {
          return await client.query(text, [...parameters]);
        } catch (error) {
          broken ||= !(error instanceof DatabaseError);
          throw error;
        }
      };
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- no cursor is ever asked of it
      return { query, release: () => client.release(broken) } as PostgresPoolClient;
    },
  };
}
