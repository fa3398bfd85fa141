/** The thread that writes the embedded store: one statement after the other, each on disk before its answer. */
import { parentPort, workerData } from 'node:worker_threads';
import type { SqliteDatabase } from 'kysely';
import { openConnection } from './sqlite-connection.ts';
import type { Write, Written } from './sqlite-writer.ts';

const { file }: { readonly file: string } = workerData;
let connection: SqliteDatabase | undefined;

function written({ id, sql, parameters }: Write): Written {
  try {
    connection ??= openConnection(file);
    const statement = connection.prepare(sql);
    if (statement.reader) return { id, rows: statement.all(parameters) };
    statement.run(parameters);
    return { id, rows: [] };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', (write: Write | 'close') => {
  if (write !== 'close') return parentPort?.postMessage(written(write), []);
  connection?.close();
  parentPort?.close();
});
