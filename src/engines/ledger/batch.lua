-- Admissions and settlements that came up together, one after the other in their order; each is what admit.lua
-- and settle.lua say, which stand before this as functions. Atomic: the whole script. If one raises, those before it
-- hold: all of them may be sent again, because each knows that it ran. On a server that nobody has looked at since it
-- began or took over, none is done (beat.lua).
--
-- KEYS[1]  the marker (scope.lua)
-- ARGV     1 JSON: [[what calls have in common, …], 'admit' or 'settle', its OWN, the place of its ALL among those, …]
-- Returns  JSON: what each returned, then {'seen', now, seq, epoch}; {'lost', now} for each and nothing more

local run = { admit = admit, settle = settle }
local calls, replies = cjson.decode(ARGV[1]), {}
local marker = call('HMGET', KEYS[1], 'epoch', 'run')
if not marker[1] or marker[2] ~= this_run() then
  for i = 2, #calls, 3 do replies[#replies + 1] = { 'lost', now_ms() } end
  return cjson.encode(replies)
end
-- First, as what is done before one raises holds.
local seq = call('HINCRBY', KEYS[1], 'seq', 1)
for i = 2, #calls, 3 do
  replies[#replies + 1] = run[calls[i]](calls[i + 1], calls[1][calls[i + 2]])
end
replies[#replies + 1] = { 'seen', now_ms(), seq, marker[1] }
return cjson.encode(replies)
