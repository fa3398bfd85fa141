-- Raises the version from which on a key is admitted, and tells every process. Atomic; never lowers it.
--
-- KEYS[1]  the marker (scope.lua)
-- ARGV     1 key id · 2 version · 3 channel to publish on
-- Returns  {'set', now}

local name = KEYS[1] .. ':k:' .. ARGV[1]
local version = max(tonumber(call('GET', name) or 0), tonumber(ARGV[2]))
local text = string.format('%.0f', version)
call('SET', name, text, 'PX', KEPT_MS)
call('PUBLISH', ARGV[3], ARGV[1] .. ' ' .. text)
return { 'set', now_ms() }
