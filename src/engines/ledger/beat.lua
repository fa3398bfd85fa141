-- A process says that it lives, and charges in full what dead ones left open. Here it is seen that data were lost.
-- Atomic: the whole script; a reservation is charged here or settled there, never both.
-- Dead is who has not been heard for a lease while others were: after a silence of everybody (the server
-- was away), or a clock that was set back, all get a new lease first. A predecessor of the same name is dead at once.
--
-- KEYS[1]  the marker (scope.lua): heard (ms), spare (ms: nobody dies before), beat:<process> (ms)
-- ARGV     1 what: 'beat', or 'leave' (charge mine and go) · 2 process, as name#incarnation
--          3 fingerprints of the house secret, the present one first, with blanks between
--          4 lease (ms) · 5 silence of everybody that counts as an outage (ms) · 6 most to charge in one call
--          7 minute, 8 hour, 9 day (ms) · 10 how long charged ones are known (ms)
--          11 epoch and 12 seq that this process has seen · 13 '1': others can tell what they have seen (rebuild.lua)
-- Returns  {'joined', now, epoch, seq, 1 if more are left to charge, 1 if the process was not known, charged to the end…}
--          {'lost', now, was, seq} no books that can be trusted; `was` if they may prove whole
--          {'foreign', now} another secret

local now = now_ms()
local what, process = ARGV[1], ARGV[2]
local name = string.match(process, '^(.*)#')
local width = lengths(ARGV[7], ARGV[8], ARGV[9])
local marker = {}
local flat = call('HGETALL', KEYS[1])
for i = 1, #flat, 2 do marker[flat[i]] = flat[i + 1] end

-- While a secret is being rotated the marker holds two; who knows one alone ends that.
local function fingerprints()
  local known = marker.fingerprint
  if not known then return true end
  local mine, shared, missing = {}, false, ''
  for print in string.gmatch(ARGV[3], '%S+') do
    if string.find(' ' .. known .. ' ', ' ' .. print .. ' ', 1, true) then shared = true
    else missing = missing .. ' ' .. print end
    mine[#mine + 1] = print
  end
  if not shared then return false end
  if #mine == 1 and known ~= mine[1] and not marker['beat:' .. process] then
    call('HSET', KEYS[1], 'fingerprint', mine[1])
  elseif missing ~= '' then
    call('HSET', KEYS[1], 'fingerprint', known .. missing)
  end
  return true
end
if not fingerprints() then return { 'foreign', now } end

local epoch, seq = marker.epoch, tonumber(marker.seq)
if epoch then
  local run, evicted = this_run(), tonumber(string.match(call('INFO', 'stats'), 'evicted_keys:(%d+)'))
  local same = marker.run == run
  local went_back = not seq or (ARGV[11] == epoch and tonumber(ARGV[12]) > seq)
  if went_back or evicted > (same and tonumber(marker.evicted) or 0) then
    call('HDEL', KEYS[1], 'epoch')
    return { 'lost', now, '', 0 }
  end
  if not same then
    call('HSET', KEYS[1], 'run', run, 'evicted', evicted)
    if ARGV[13] == '1' then
      call('HDEL', KEYS[1], 'epoch')
      call('HSET', KEYS[1], 'was', epoch)
      return { 'lost', now, epoch, seq }
    end
  end
else
  return { 'lost', now, marker.was or '', seq or 0 }
end
books = KEYS[1] .. ':' .. epoch

local heard_last, spare = tonumber(marker.heard or now), tonumber(marker.spare or 0)
local set_back = now < heard_last
if set_back or now - heard_last > tonumber(ARGV[5]) then
  spare = now + ARGV[4]
  call('HSET', KEYS[1], 'spare', string.format('%.0f', spare))
end
local stamp = string.format('%.0f', now)
call('HSET', KEYS[1], 'heard', stamp)
local fresh = marker['beat:' .. process] and 0 or 1
if what ~= 'leave' then call('HSET', KEYS[1], 'beat:' .. process, stamp) end

local function is_dead(other, heard)
  if other == process then return what == 'leave' end
  if string.match(other, '^(.*)#') == name then return true end
  return now >= spare and now - heard > tonumber(ARGV[4])
end

local charged, more, gone = 0, 0, {}
for field, heard in pairs(marker) do
  local other = string.match(field, '^beat:(.*)$')
  if other and set_back and other ~= process then
    call('HSET', KEYS[1], field, stamp)
  elseif other and is_dead(other, tonumber(heard)) then
    local set = books .. ':p:' .. other
    local ids = call('SRANDMEMBER', set, ARGV[6] - charged)
    for _, id in ipairs(ids) do
      local packed = call('GET', books .. ':r:' .. id)
      local reservation = packed and cmsgpack.unpack(packed)
      if reservation and reservation[STATE] == 'open' then
        close(id, reservation, reservation[TOKENS], reservation[NANO], false, 'charged', ARGV[10], width)
      else
        call('SREM', set, id)
      end
    end
    charged = charged + #ids
    if call('SCARD', set) == 0 then
      call('HDEL', KEYS[1], field)
      gone[#gone + 1] = other
    else
      more = 1
    end
  end
end
if charged > 0 then seq = call('HINCRBY', KEYS[1], 'seq', 1) end
return { 'joined', now, epoch, seq, more, fresh, unpack(gone) }
