-- Replaces a reservation by what was used, once: the same nonce again is told what it was told before.
-- Atomic: the whole script. An abandoned admission (its caller was told it failed) is given back, and if it
-- has not run yet, it never will: its id is taken.
--
-- KEYS[1]  the marker (scope.lua)
-- OWN      1 reservation id · 2 nonce of this settlement · 3 tokens · 4 nano-dollars
--          5 'use', 'release' or 'abandon'
-- ALL      1 epoch · 2 minute, 3 hour, 4 day (ms) · 5 how long closed ones are known (ms)
-- Returns  {'settled' | 'late' | 'unknown', now} · {'lost', now} no marker: these books may yet be found whole

local now = now_ms()
local id, nonce, how = OWN[1], OWN[2], OWN[5]
local epoch = call('HGET', KEYS[1], 'epoch')
if not epoch then return { 'lost', now } end
if epoch ~= ALL[1] then return { 'unknown', now } end
books = KEYS[1] .. ':' .. epoch

local packed = call('GET', books .. ':r:' .. id)
if not packed then
  if how == 'abandon' then
    local nothing = { nonce, '', now, 0, 0, 0, 0, false }
    call('SET', books .. ':r:' .. id, cmsgpack.pack(nothing), 'PX', ALL[5])
  end
  return { 'unknown', now }
end

local reservation = cmsgpack.unpack(packed)
if reservation[STATE] == nonce then return { 'settled', now } end
if reservation[STATE] ~= 'open' then return { 'late', now } end
local width = lengths(ALL[2], ALL[3], ALL[4])
if how == 'abandon' then reservation[ANSWER] = false end
local released = how ~= 'use'
close(id, reservation, released and 0 or OWN[3], released and 0 or OWN[4], released, nonce, ALL[5], width)
return { 'settled', now }
