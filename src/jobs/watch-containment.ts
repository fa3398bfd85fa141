/**
 * Brings the kill switch and the bans to this process: from what all processes share, and from a file of its data directory,
 * which anybody on the machine can make where nothing else works.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CONTAINMENT,
  type Containment,
  containmentSchema,
  type ContainmentState,
  NOTHING_SHUT,
} from '../domain/callers/containment.ts';
import type { Store } from '../ports/store.ts';
import { SharedState } from './shared-state.ts';

const LOOK_MS = 500;
/** While it is there, everything is shut for this process; SIGUSR2 makes it. */
const LOCAL_FILE = 'lockdown';
const COPY_FILE = 'containment.json';

/** Where the state is kept, and who is held to it. */
export interface WatchContainmentOptions {
  readonly containment: Containment;
  readonly store: Pick<Store, 'getSetting' | 'changeSetting'>;
  readonly dataDir: string;
  /** What was found that is new. */
  readonly onChange: (what: { readonly local: boolean; readonly state: ContainmentState }) => void;
  readonly onFailure: (error: unknown) => void;
}

/** At work until stopped. */
export interface WatchContainment extends Pick<SharedState<ContainmentState>, 'change' | 'newest' | 'stop'> {
  /** Shuts everything in this process, until the file is removed; never throws, whatever the disk does. */
  shutHere(): void;
}

/** Begins with the copy. */
export function watchContainment(options: WatchContainmentOptions): WatchContainment {
  const localFile = join(options.dataDir, LOCAL_FILE);
  let local = existsSync(localFile);
  const tell = (state: ContainmentState): void => {
    options.containment.replace(state, local);
    options.onChange({ local, state });
  };
  const shared = new SharedState({
    ...options,
    name: CONTAINMENT,
    file: join(options.dataDir, COPY_FILE),
    nothing: NOTHING_SHUT,
    read: (json) => containmentSchema.parse(json),
    onChange: tell,
  });
  options.containment.replace(shared.state, local);
  // Told to shut, by a signal, and the disk takes no file that says so: that holds all the same.
  let owed = false;
  const lookHere = (): void => {
    if (owed) makeFile();
    const found = owed || existsSync(localFile);
    if (found === local) return;
    local = found;
    tell(shared.state);
  };
  const makeFile = (): void => {
    try {
      writeFileSync(localFile, '', { mode: 0o600 });
      owed = false;
    } catch (cause) {
      options.onFailure(new Error(`${LOCAL_FILE} cannot be made in the data directory`, { cause }));
    }
  };
  const timer = setInterval(lookHere, LOOK_MS).unref();
  return {
    newest: () => shared.newest(),
    change: (step) => shared.change(step),
    shutHere() {
      owed = true;
      lookHere();
    },
    stop() {
      clearInterval(timer);
      shared.stop();
    },
  };
}
