-- A process says that it lives, and charges in full what dead ones left open.
-- Atomic: the whole script; a reservation is charged here or settled there, never both.
-- Dead is who has not been heard for a lease while others were: after a silence of everybody (the server
-- was away), all get a new lease first. A predecessor of the same name is dead at once.
--
-- KEYS[1]  the marker (scope.lua): epoch, fingerprint, heard (ms), spare (ms: nobody dies before), beat:<process>
-- ARGV     1 what: 'beat', 'leave' (charge mine and go), or 'initialise' (write a marker where there is none)
--          2 epoch to write · 3 process, as name#incarnation · 4 fingerprint of the house secret
--          5 lease (ms) · 6 silence of everybody that counts as an outage (ms) · 7 most to charge in one call
--          8 minute, 9 hour, 10 day (ms) · 11 how long charged ones are known (ms)
-- Returns  {'joined', now, epoch, charged, 1 if more are left to charge}
--          {'lost', now} no marker · {'foreign', now} another secret

local now = now_ms()
local what, process = ARGV[1], ARGV[3]
local name = string.match(process, '^(.*)#')
local width = lengths(ARGV[8], ARGV[9], ARGV[10])

local epoch = call('HGET', KEYS[1], 'epoch')
if not epoch then
  if what ~= 'initialise' then return { 'lost', now } end
  epoch = ARGV[2]
  call('HSET', KEYS[1], 'epoch', epoch, 'fingerprint', ARGV[4])
end
local marker = {}
local flat = call('HGETALL', KEYS[1])
for i = 1, #flat, 2 do marker[flat[i]] = flat[i + 1] end
if marker.fingerprint ~= ARGV[4] then return { 'foreign', now } end

local spare = tonumber(marker.spare or 0)
if now - tonumber(marker.heard or now) > tonumber(ARGV[6]) then
  spare = now + ARGV[5]
  call('HSET', KEYS[1], 'spare', string.format('%.0f', spare))
end
local stamp = string.format('%.0f', now)
call('HSET', KEYS[1], 'heard', stamp)
if what ~= 'leave' then call('HSET', KEYS[1], 'beat:' .. process, stamp) end

local function is_dead(other, heard)
  if other == process then return what == 'leave' end
  if string.match(other, '^(.*)#') == name then return true end
  return now >= spare and now - heard > tonumber(ARGV[5])
end

local charged, more = 0, 0
for field, heard in pairs(marker) do
  local other = string.match(field, '^beat:(.*)$')
  if other and is_dead(other, tonumber(heard)) then
    local set = KEYS[1] .. ':p:' .. other
    local ids = call('SRANDMEMBER', set, ARGV[7] - charged)
    for _, id in ipairs(ids) do
      local packed = call('GET', KEYS[1] .. ':r:' .. id)
      local reservation = packed and cmsgpack.unpack(packed)
      if reservation and reservation[STATE] == 'open' then
        close(id, reservation, reservation[TOKENS], reservation[NANO], false, 'charged', ARGV[11], width)
      else
        call('SREM', set, id)
      end
    end
    charged = charged + #ids
    if call('SCARD', set) == 0 then call('HDEL', KEYS[1], field) else more = 1 end
  end
end
return { 'joined', now, epoch, charged, more }
