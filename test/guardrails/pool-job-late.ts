/** The job of the pool's tests, in a module that takes its time to load. */
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1600);

export { default } from './pool-job.ts';
