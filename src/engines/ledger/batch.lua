-- Admissions and settlements that came up together, one after the other in their order; each is what admit.lua
-- and settle.lua say, which stand before this as functions. Atomic: the whole script. If one raises, those before it
-- hold: all of them may be sent again, because each knows that it ran.
--
-- KEYS[1]  the marker (scope.lua)
-- ARGV     1 JSON: ['admit' or 'settle', its ARGV, …]
-- Returns  what each returned

local run = { admit = admit, settle = settle }
local calls, replies = cjson.decode(ARGV[1]), {}
for i = 1, #calls, 2 do
  replies[#replies + 1] = run[calls[i]](calls[i + 1])
end
return replies
