-- One scope's counters: how they are kept, moved on in time, taken from and given back. Put before every
-- other script here, so it defines functions and does nothing. Side by side with ledger-embedded-scope.ts.
--
-- KEYS[1]  `{sp:<namespace>}`: the marker hash, and the prefix of every other key. Its fields: epoch (which books are
--          kept; absent where data were lost), was (the epoch before a server took over that may have lost some), seq
--          (counts every change of money), run (the server that keeps them), evicted (keys it had evicted when it
--          began), fingerprint, heard, spare, beat:<process> (beat.lua)
--            :k:<key id>             newest version known of a key           expires 33 days after it was set
--            :rebuild                who rebuilds (rebuild.lua)              expires by itself
--          and below the epoch, so that books that were lost or left half written are never met again:
--            :<epoch>:s:<kind>:<id>  counters of a scope (msgpack, below)    expires 33 days after its last use
--            :<epoch>:w:<kind>:<id>  rings of its windows (doubles)          expires two days after its last use
--            :<epoch>:r:<id>         a reservation (msgpack, below)          expires 33 days open, ARGV closed
--            :<epoch>:p:<process>    set of the reservations it has open     goes when they are closed
--          One hash tag, so one script may touch them all on a cluster too.
-- Numbers are doubles, exact to 2^53: money in nano-dollars, time in milliseconds. They are never printed as
-- text, which would round them.

local call, floor, ceil, max, min = redis.call, math.floor, math.ceil, math.max, math.min
local SLOTS = 128
local KEPT_MS = '2851200000' -- 33 days

-- Counters of a scope, by position; from WINDOWS on, three for each window: slot, current, older.
local SEEN, OPEN, DAY, DAY_SETTLED, DAY_RESERVED, DAY_REQUESTS, DAY_TOKENS = 1, 2, 3, 4, 5, 6, 7
local MONTH, MONTH_SETTLED, MONTH_RESERVED, WINDOWS = 8, 9, 10, 11
local TOKENS_MINUTE = 3 -- windows 0, 1, 2 count requests by minute, hour, day

-- A reservation, by position; scopes follow from SCOPES on. STATE is 'open', 'charged' or the nonce of
-- the call that closed it; ANSWER what its admission was told.
local STATE, PROCESS, AT, RES_DAY, RES_MONTH, TOKENS, NANO, ANSWER, SCOPES = 1, 2, 3, 4, 5, 6, 7, 8, 9

local books -- prefix of the keys of this epoch; every script sets it

local function now_ms()
  local time = call('TIME')
  return time[1] * 1000 + floor(time[2] / 1000)
end

-- Which server this is: another after a restart, and after a replica took over, which may not have the last writes.
local function this_run()
  return string.match(call('INFO', 'server'), 'run_id:(%x+)')
end

-- Calendar month of a day (days since 1970) as one rising number; years begin in March, which ends leap years.
local function month_of(day)
  local z = day + 719468
  local era = floor(z / 146097)
  local doe = z - era * 146097
  local yoe = floor((doe - floor(doe / 1460) + floor(doe / 36524) - floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + floor(yoe / 4) - floor(yoe / 100))
  return (yoe + era * 400) * 12 + floor((5 * doy + 2) / 153)
end

-- Widths in milliseconds of one slot of each window, and of the day. A width need not be whole.
local function lengths(minute_ms, hour_ms, day_ms)
  return {
    [0] = minute_ms / SLOTS, [1] = hour_ms / SLOTS, [2] = day_ms / SLOTS, [3] = minute_ms / SLOTS,
    day = tonumber(day_ms),
  }
end

-- Every field is named here, because a table that grows later is built anew. The limits are for admit.lua.
local function open_scope(name, packed)
  return {
    name = name,
    counters = packed and cmsgpack.unpack(packed)
      or { 0, 0, -1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
    limits = false, concurrency = false, daily = false, monthly = false,
  }
end

local function ring_of(scope)
  return books .. ':w:' .. scope.name
end

local function save(scope, key)
  call('SET', key or books .. ':s:' .. scope.name, cmsgpack.pack(scope.counters), 'PX', KEPT_MS)
end

-- A window counts the current slot and the SLOTS before it: at least its whole length, at most 1/128 more, so
-- never over the limit in any window, and 128/129 = 99.2 % of it under saturation. The current slot
-- is counted in `current`; the others stand in the ring, their sum in `older`. Moving on from slot `last` to
-- `slot`, those that leave have just the ring positions of those that enter: one range is read and replaced.
local function roll_window(scope, window, width, now)
  local c, at = scope.counters, WINDOWS + window * 3
  local slot, last, current, older = floor(now / width[window]), c[at], c[at + 1], c[at + 2]
  local gap = slot - last
  if gap <= 0 then return end
  c[at], c[at + 1] = slot, 0
  if current == 0 and older == 0 then return end
  local expires_ms = ceil(2 * width.day)
  if gap > SLOTS then
    if older ~= 0 then
      call('SETRANGE', ring_of(scope), window * SLOTS * 8, string.rep('\0', SLOTS * 8))
      call('PEXPIRE', ring_of(scope), expires_ms)
      c[at + 2] = 0
    end
    return
  end
  local ring, from, entering = ring_of(scope), last % SLOTS, current
  older = older + current
  while gap > 0 do
    local count = min(gap, SLOTS - from)
    local offset = (window * SLOTS + from) * 8
    local leaving = call('GETRANGE', ring, offset, offset + count * 8 - 1)
    for position = 1, #leaving, 8 do
      older = older - struct.unpack('<d', leaving, position)
    end
    call('SETRANGE', ring, offset, struct.pack('<d', entering) .. string.rep('\0', (count - 1) * 8))
    from, gap, entering = 0, gap - count, 0
  end
  call('PEXPIRE', ring, expires_ms)
  c[at + 2] = older
end

-- Moves a scope on to `now`, which never goes back: a new day and month begin with nothing spent.
local function roll(scope, now, width)
  local c = scope.counters
  c[SEEN] = now
  local day = floor(now / width.day)
  if day > c[DAY] then
    c[DAY], c[DAY_SETTLED], c[DAY_RESERVED], c[DAY_REQUESTS], c[DAY_TOKENS] = day, 0, 0, 0, 0
    local month = month_of(day)
    if month > c[MONTH] then
      c[MONTH], c[MONTH_SETTLED], c[MONTH_RESERVED] = month, 0, 0
    end
  end
  for window = 0, 3 do
    roll_window(scope, window, width, now)
  end
end

-- Corrects what was counted at time `at` by `amount`, if that slot is still in the window.
local function correct(scope, window, width, at_ms, amount)
  if amount == 0 then return end
  local c, at = scope.counters, WINDOWS + window * 3
  local slot = floor(at_ms / width[window])
  if slot >= c[at] then
    c[at + 1] = c[at + 1] + amount
  elseif slot >= c[at] - SLOTS then
    local ring, offset = ring_of(scope), (window * SLOTS + slot % SLOTS) * 8
    local was = call('GETRANGE', ring, offset, offset + 7)
    local count = #was == 8 and struct.unpack('<d', was) or 0
    call('SETRANGE', ring, offset, struct.pack('<d', count + amount))
    if #was < 8 then call('PEXPIRE', ring, ceil(2 * width.day)) end
    c[at + 2] = c[at + 2] + amount
  end
end

-- Replaces an open reservation by what was used, in the day it was made. `closed` goes into its STATE.
local function close(id, reservation, tokens, nano, released, closed, closed_ms, width)
  for i = SCOPES, #reservation do
    local name = reservation[i]
    local scope = open_scope(name, call('GET', books .. ':s:' .. name))
    local c, at = scope.counters, reservation[AT]
    c[OPEN] = max(0, c[OPEN] - 1)
    if c[DAY] == reservation[RES_DAY] then
      c[DAY_RESERVED] = c[DAY_RESERVED] - reservation[NANO]
      c[DAY_SETTLED] = c[DAY_SETTLED] + nano
      c[DAY_TOKENS] = c[DAY_TOKENS] + tokens
      if released then c[DAY_REQUESTS] = c[DAY_REQUESTS] - 1 end
    end
    if c[MONTH] == reservation[RES_MONTH] then
      c[MONTH_RESERVED] = c[MONTH_RESERVED] - reservation[NANO]
      c[MONTH_SETTLED] = c[MONTH_SETTLED] + nano
    end
    correct(scope, TOKENS_MINUTE, width, at, tokens - reservation[TOKENS])
    if released then
      for window = 0, 2 do correct(scope, window, width, at, -1) end
    end
    save(scope)
  end
  call('SREM', books .. ':p:' .. reservation[PROCESS], id)
  reservation[STATE] = closed
  call('SET', books .. ':r:' .. id, cmsgpack.pack(reservation), 'PX', closed_ms)
end
