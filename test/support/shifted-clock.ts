/** Loaded before a program (`--import`): its clock is off by CLOCK_OFF_MS milliseconds, for itself and its threads. */
const offMs = Number(process.env['CLOCK_OFF_MS'] ?? 0);
const now = (): number => TrueDate.now() + offMs;
const TrueDate = Date;

globalThis.Date = new Proxy(TrueDate, {
  construct: (target, parts: unknown[], made) =>
    Reflect.construct(target, parts.length === 0 ? [now()] : parts, made),
  get: (target, name, receiver): unknown => (name === 'now' ? now : Reflect.get(target, name, receiver)),
});
