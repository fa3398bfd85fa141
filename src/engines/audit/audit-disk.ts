/**
 * The edge between the audit log and the file system: every call that can change or lose a byte, and nothing else.
 * Tests put a failing, hanging or full disk here. Never buffers and never retries.
 */
import { close, constants, fdatasync, open, statfs, write } from 'node:fs';
import { mkdir, open as openHandle, unlink } from 'node:fs/promises';

/** A file that is only ever appended to. */
export interface DiskFile {
  /** Appends from `offset`; resolves to the number of bytes taken, which may be fewer than offered. */
  append(bytes: Buffer, offset: number): Promise<number>;
  /** Data and size are on the medium when this resolves: fdatasync(2). */
  datasync(): Promise<void>;
  close(): Promise<void>;
}

export interface DiskPort {
  /** Mode 0700, with parents; no error if it is there. */
  makeDir(path: string): Promise<void>;
  /** A new file, mode 0600. Rejects if the name is taken. */
  create(path: string): Promise<DiskFile>;
  /** What is in this file or, of a directory, the names made in it survive a crash when this resolves. */
  sync(path: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Bytes that an ordinary user may still write. */
  freeBytes(path: string): Promise<number>;
}

const NEW_FILE = constants.O_CREAT | constants.O_EXCL | constants.O_APPEND | constants.O_WRONLY;

type Done<T> = (error: NodeJS.ErrnoException | null, value: T) => void;

function promised<T>(call: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => (error ? reject(error) : resolve(value)));
  });
}

function fileOf(fd: number): DiskFile {
  return {
    append: (bytes, offset) =>
      promised((done) => {
        write(fd, bytes, offset, bytes.length - offset, null, done);
      }),
    datasync: () =>
      promised((done: Done<void>) => {
        fdatasync(fd, (error) => done(error, undefined));
      }),
    close: () =>
      promised((done: Done<void>) => {
        close(fd, (error) => done(error ?? null, undefined));
      }),
  };
}

/** The disk of this machine. */
export const localDisk: DiskPort = {
  makeDir: async (path) => {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  create: async (path) => {
    const fd = await promised<number>((done) => {
      open(path, NEW_FILE, 0o600, done);
    });
    return fileOf(fd);
  },
  sync: async (path) => {
    const handle = await openHandle(path, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  remove: (path) => unlink(path),
  freeBytes: async (path) => {
    const { bavail, bsize } = await promised<{ bavail: number; bsize: number }>((done) => {
      statfs(path, done);
    });
    return bavail * bsize;
  },
};
