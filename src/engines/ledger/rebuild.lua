-- Books that were lost are written anew, by one process at a time, or found whole and used again. Nobody is admitted
-- meanwhile, as the marker names no epoch. What is written goes below the new epoch and is counted, so that a server
-- that loses a part of it, or all, before the end is noticed. Atomic: each call.
--
-- KEYS[1]  the marker (scope.lua)
-- ARGV     1 what: 'begin', 'hold', 'seed', 'finish', 'resume', 'drop' · 2 the new epoch, which is the token
--          3 JSON: [[kind:id, spent today, spent this month (nano-dollars)], …] of seed, the count of them all of finish,
--          the epoch before of resume · 4 minute, 5 hour, 6 day (ms) · 7 day since 1970 that 'today' means
--          8 fingerprints, as the marker holds them · 9 how long the token holds (ms)
-- Returns  {'held', now, was, seq} · {'busy', now} another rebuilds, or what was written is gone
--          {'present', now} nothing is lost any more

local now = now_ms()
local what, token = ARGV[1], ARGV[2]
local width = lengths(ARGV[4], ARGV[5], ARGV[6])
local claim = KEYS[1] .. ':rebuild'
if call('HEXISTS', KEYS[1], 'epoch') == 1 then return { 'present', now } end

local holder = call('HGET', claim, 'token')
if what == 'begin' and not holder then
  holder = token
  call('HSET', claim, 'token', token, 'seeded', 0)
end
if holder ~= token then return { 'busy', now } end
call('PEXPIRE', claim, ARGV[9])

local function open_under(epoch, ...)
  local evicted = string.match(call('INFO', 'stats'), 'evicted_keys:(%d+)')
  call('HSET', KEYS[1], 'epoch', epoch, 'run', this_run(), 'evicted', evicted, ...)
  call('HDEL', KEYS[1], 'was')
  call('DEL', claim)
end

if (what == 'seed' or what == 'finish') and floor(now / width.day) ~= tonumber(ARGV[7]) then
  call('DEL', claim)
  return { 'busy', now }
end
if what == 'seed' then
  books = KEYS[1] .. ':' .. token
  local scopes = cjson.decode(ARGV[3])
  for _, seed in ipairs(scopes) do
    local scope = open_scope(seed[1], nil)
    roll(scope, now, width)
    scope.counters[DAY_SETTLED], scope.counters[MONTH_SETTLED] = seed[2], seed[3]
    save(scope)
  end
  call('HINCRBY', claim, 'seeded', #scopes)
elseif what == 'finish' then
  if call('HGET', claim, 'seeded') ~= ARGV[3] then
    call('DEL', claim)
    return { 'busy', now }
  end
  open_under(token, 'seq', 0, 'fingerprint', ARGV[8])
elseif what == 'resume' then
  if call('HGET', KEYS[1], 'was') ~= ARGV[3] then return { 'busy', now } end
  open_under(ARGV[3])
elseif what == 'drop' then
  call('DEL', claim)
end
local marker = call('HMGET', KEYS[1], 'was', 'seq')
return { 'held', now, marker[1] or '', tonumber(marker[2] or 0) }
