-- What a scope has used today and this month. Reads only.
--
-- KEYS[1]  the marker (scope.lua)
-- ARGV     1 epoch · 2 kind:id · 3 minute, 4 hour, 5 day (ms)
-- Returns  {'used', now, day, requests, tokens, settled, reserved, settled this month} (nano-dollars) · {'lost', now}

local now = now_ms()
if call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return { 'lost', now } end
books = KEYS[1] .. ':' .. ARGV[1]
local width = lengths(ARGV[3], ARGV[4], ARGV[5])
local c = open_scope(ARGV[2], call('GET', books .. ':s:' .. ARGV[2])).counters
local day = max(c[DAY], floor(now / width.day))
local today, this_month = c[DAY] == day and 1 or 0, c[MONTH] == month_of(day) and 1 or 0
return {
  'used', now, day, c[DAY_REQUESTS] * today, c[DAY_TOKENS] * today, c[DAY_SETTLED] * today,
  c[DAY_RESERVED] * today, c[MONTH_SETTLED] * this_month,
}
