/** Kysely's dialect for SQLite with two connections: reads on this thread, in microseconds; writes on another. */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteDialect,
  type TransactionSettings,
} from 'kysely';
import { openConnection } from './sqlite-connection.ts';
import { SqliteWriter } from './sqlite-writer.ts';

const WRITES: ReadonlySet<string> = new Set(['InsertQueryNode', 'UpdateQueryNode', 'DeleteQueryNode']);

/**
 * A transaction runs as a whole on this thread, and nothing else may run beside it: there is one alone, that of the
 * migration, for which every query waits. Without a file all is on this thread.
 */
export class TwoThreadDialect extends SqliteDialect {
  readonly #file: string;

  constructor(file: string) {
    super({ database: async () => openConnection(file) });
    this.#file = file;
  }

  override createDriver(): Driver {
    const driver = super.createDriver();
    return this.#file === ':memory:' ? driver : new TwoThreadDriver(driver, new SqliteWriter(this.#file));
  }

  override createAdapter(): SqliteAdapter {
    return new SideBySide();
  }
}

/** Else a read would wait for a write that hangs. */
class SideBySide extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

class TwoThreadDriver implements Driver {
  readonly #here: Driver;
  readonly #writer: SqliteWriter;
  #inTransaction = false;

  constructor(here: Driver, writer: SqliteWriter) {
    this.#here = here;
    this.#writer = writer;
  }

  init(): Promise<void> {
    return this.#here.init();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const here = await this.#here.acquireConnection();
    return {
      executeQuery: async <R>(query: CompiledQuery): Promise<QueryResult<R>> => {
        if (this.#inTransaction || !WRITES.has(query.query.kind)) return await here.executeQuery<R>(query);
        const rows = await this.#writer.write(query.sql, query.parameters);
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as in Kysely's own driver: the tables' type
        return { rows: rows as R[] };
      },
      streamQuery: (query, chunkSize) => here.streamQuery(query, chunkSize),
    };
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    this.#inTransaction = true;
    await this.#here.beginTransaction(connection, settings);
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#here.commitTransaction(connection);
    this.#inTransaction = false;
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#here.rollbackTransaction(connection).finally(() => {
      this.#inTransaction = false;
    });
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    await this.#here.releaseConnection(connection);
  }

  async destroy(): Promise<void> {
    await this.#writer.close();
    await this.#here.destroy();
  }
}
