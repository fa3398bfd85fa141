-- Replaces a reservation by what was used, once: the same nonce again is told what it was told before.
-- Atomic: the whole script. An abandoned admission (its caller was told it failed) is given back, and if it
-- has not run yet, it never will: its id is taken.
--
-- KEYS[1]  the marker (scope.lua)
-- ARGV     1 epoch · 2 reservation id · 3 nonce of this settlement · 4 tokens · 5 nano-dollars
--          6 'use', 'release' or 'abandon' · 7 minute, 8 hour, 9 day (ms) · 10 how long closed ones are known (ms)
-- Returns  {'settled' | 'late' | 'unknown', now} · {'lost', now} no marker: these books may yet be found whole

local now = now_ms()
local id, nonce, how = ARGV[2], ARGV[3], ARGV[6]
local epoch = call('HGET', KEYS[1], 'epoch')
if not epoch then return { 'lost', now } end
if epoch ~= ARGV[1] then return { 'unknown', now } end
books = KEYS[1] .. ':' .. epoch

local packed = call('GET', books .. ':r:' .. id)
if not packed then
  if how == 'abandon' then
    local nothing = { nonce, '', now, 0, 0, 0, 0, false }
    call('SET', books .. ':r:' .. id, cmsgpack.pack(nothing), 'PX', ARGV[10])
  end
  return { 'unknown', now }
end

local reservation = cmsgpack.unpack(packed)
if reservation[STATE] == nonce then return { 'settled', now } end
if reservation[STATE] ~= 'open' then return { 'late', now } end
local width = lengths(ARGV[7], ARGV[8], ARGV[9])
if how == 'abandon' then reservation[ANSWER] = false end
local released = how ~= 'use'
close(id, reservation, released and 0 or tonumber(ARGV[4]), released and 0 or tonumber(ARGV[5]), released,
  nonce, ARGV[10], width)
return { 'settled', now }
