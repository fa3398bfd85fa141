-- Adds money already spent to a scope's books, when lost data is rebuilt: before the marker is written, so that
-- nobody is admitted meanwhile. Atomic. Asked twice it adds twice, which errs to the safe side.
--
-- KEYS[1]  the marker (scope.lua)
-- ARGV     1 kind:id · 2 spent today, 3 spent this month (nano-dollars) · 4 minute, 5 hour, 6 day (ms)
-- Returns  {'seeded', now} · {'present', now} the marker is there: nothing is lost any more

local now = now_ms()
if call('HEXISTS', KEYS[1], 'epoch') == 1 then return { 'present', now } end
local scope = open_scope(ARGV[1], call('GET', KEYS[1] .. ':s:' .. ARGV[1]))
roll(scope, max(now, scope.counters[SEEN]), lengths(ARGV[4], ARGV[5], ARGV[6]))
scope.counters[DAY_SETTLED] = scope.counters[DAY_SETTLED] + ARGV[2]
scope.counters[MONTH_SETTLED] = scope.counters[MONTH_SETTLED] + ARGV[3]
save(scope)
return { 'seeded', now }
