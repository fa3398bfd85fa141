-- Checks every limit and the money of all scopes, then takes all of them, or nothing.
-- Atomic: the whole script. Nothing is taken after the deadline, without the marker, or twice for one id.
--
-- KEYS[1]  the marker (scope.lua)
-- OWN      1 deadline (ms, the server's clock) · 2 reservation id · 3 tokens · 4 nano-dollars · 5 key id or ''
--          6 key version
-- ALL      1 epoch · 2 process · 3 minute, 4 hour, 5 day (ms) · 6 position of the first scope whose windows are told, 0
--          for none: of it and those behind it whichever has least left · then 8 for each scope: kind:id, requests a minute, an hour, a day, tokens a minute, concurrency, daily
--          budget, monthly budget (nano-dollars); '' where there is no limit
-- Returns  {'admitted', now, day, windows…} · {'refused', now, reason, scope, retry after (ms), windows…}
--          windows: limit (-1 for none), remaining, reset (ms) of requests a minute, then of tokens a minute
--          {'late', now} past the deadline or abandoned · {'lost', now} no marker, or another epoch
--          {'rejoin', now} the process was given up for dead

local server_now = now_ms()
local process, id, key = ALL[2], OWN[2], OWN[5]
local tokens, nano, version = OWN[3], OWN[4], OWN[6]
local width = lengths(ALL[3], ALL[4], ALL[5])
local told = ALL[6]

local marker = call('HMGET', KEYS[1], 'epoch', 'beat:' .. process)
if marker[1] ~= ALL[1] then return { 'lost', server_now } end
if not marker[2] then return { 'rejoin', server_now } end
if server_now > OWN[1] then return { 'late', server_now } end

local count = (#ALL - 6) / 8
books = KEYS[1] .. ':' .. ALL[1]
local names = { books .. ':r:' .. id, KEYS[1] .. ':k:' .. key }
for i = 1, count do names[2 + i] = books .. ':s:' .. ALL[8 * i - 1] end
local found = call('MGET', unpack(names))

if found[1] then
  local reservation = cmsgpack.unpack(found[1])
  if not reservation[ANSWER] then return { 'late', server_now } end
  return { 'admitted', server_now, reservation[RES_DAY], unpack(reservation[ANSWER]) }
end

local scopes, now = {}, server_now
for i = 1, count do
  local first = 8 * i - 1
  local scope = open_scope(ALL[first], found[2 + i])
  scope.limits = { [0] = tonumber(ALL[first + 1]), tonumber(ALL[first + 2]), tonumber(ALL[first + 3]),
    tonumber(ALL[first + 4]) }
  scope.concurrency = tonumber(ALL[first + 5])
  scope.daily, scope.monthly = tonumber(ALL[first + 6]), tonumber(ALL[first + 7])
  scopes[i] = scope
  now = max(now, scope.counters[SEEN])
end
for i = 1, count do roll(scopes[i], now, width) end

-- Time until `amount` fits into a window, from the oldest slot on; its length if it never will.
local function retry_after(scope, window, amount)
  local c, at, w = scope.counters, WINDOWS + window * 3, width[window]
  local limit, slot = scope.limits[window], c[at]
  if amount > limit then return ceil(w * SLOTS) end
  local over = c[at + 1] + c[at + 2] + amount - limit
  local bytes = call('GETRANGE', ring_of(scope), window * SLOTS * 8, (window + 1) * SLOTS * 8 - 1)
  for k = 0, SLOTS - 1 do
    local position = (slot + k) % SLOTS * 8 + 1
    if position + 7 <= #bytes then over = over - struct.unpack('<d', bytes, position) end
    if over <= 0 then return max(1, ceil((slot + k + 1) * w - now)) end
  end
  return max(1, ceil((slot + SLOTS + 1) * w - now))
end

local function until_next_month(c)
  local day = c[DAY] + 1
  while month_of(day) == c[MONTH] do day = day + 1 end
  return day * width.day - now
end

-- Spent money first, because waiting does not help; then by scope in order.
local function refusal()
  for i, scope in ipairs(scopes) do
    local c = scope.counters
    if scope.monthly and c[MONTH_SETTLED] + nano > scope.monthly then return 'budget', i, until_next_month(c) end
    if scope.daily and c[DAY_SETTLED] + nano > scope.daily then
      return 'budget', i, (c[DAY] + 1) * width.day - now
    end
  end
  for i, scope in ipairs(scopes) do
    local c = scope.counters
    for window = 0, 3 do
      local at, limit = WINDOWS + window * 3, scope.limits[window]
      local amount = window == TOKENS_MINUTE and tokens or 1
      if limit and c[at + 1] + c[at + 2] + amount > limit then
        return window == TOKENS_MINUTE and 'tokens' or 'requests', i, retry_after(scope, window, amount)
      end
    end
    if scope.concurrency and c[OPEN] + 1 > scope.concurrency then return 'concurrency', i, 1000 end
    if scope.daily and c[DAY_SETTLED] + c[DAY_RESERVED] + nano > scope.daily then return 'held', i, 1000 end
    if scope.monthly and c[MONTH_SETTLED] + c[MONTH_RESERVED] + nano > scope.monthly then return 'held', i, 1000 end
  end
end

local function window_told(window)
  local tightest, left, reset = -1, 0, 0
  for i = told, told > 0 and count or -1 do
    local limit = scopes[i].limits[window]
    if limit then
      local c, at = scopes[i].counters, WINDOWS + window * 3
      local used = c[at + 1] + c[at + 2]
      local remaining = max(0, limit - used)
      if tightest < 0 or remaining < left then
        tightest, left = limit, remaining
        reset = used > 0 and ceil((c[at] + SLOTS + 1) * width[window] - now) or 0
      end
    end
  end
  return tightest, left, reset
end

local function windows_told()
  local limit, remaining, reset = window_told(0)
  return { limit, remaining, reset, window_told(TOKENS_MINUTE) }
end

local known = tonumber(found[2] or 0)
local reason, which, retry_ms
if key ~= '' and version < known then
  reason, which, retry_ms = 'stale_key', 0, 1
else
  reason, which, retry_ms = refusal()
end
if reason then
  for i = 1, count do save(scopes[i], names[2 + i]) end
  return { 'refused', server_now, reason, which, max(1, ceil(retry_ms)), unpack(windows_told()) }
end

if key ~= '' and version > known then
  call('SET', names[2], string.format('%.0f', version), 'PX', KEPT_MS)
end
local day, month = floor(now / width.day), scopes[1].counters[MONTH]
local reservation = { 'open', process, now, day, month, tokens, nano, false }
for i, scope in ipairs(scopes) do
  local c = scope.counters
  for window = 0, 2 do
    local current = WINDOWS + window * 3 + 1
    c[current] = c[current] + 1
  end
  c[WINDOWS + TOKENS_MINUTE * 3 + 1] = c[WINDOWS + TOKENS_MINUTE * 3 + 1] + tokens
  c[OPEN] = c[OPEN] + 1
  c[DAY_REQUESTS] = c[DAY_REQUESTS] + 1
  c[DAY_RESERVED] = c[DAY_RESERVED] + nano
  c[MONTH_RESERVED] = c[MONTH_RESERVED] + nano
  reservation[SCOPES + i - 1] = scope.name
  save(scope, names[2 + i])
end
reservation[ANSWER] = windows_told()
call('SET', names[1], cmsgpack.pack(reservation), 'PX', KEPT_MS)
call('SADD', books .. ':p:' .. process, id)
return { 'admitted', server_now, day, unpack(reservation[ANSWER]) }
