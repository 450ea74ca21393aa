-- One exchange of a process with the quota that it shares: its reports first, then its request for
-- places. Times are microseconds of this server's clock.
--
-- A place is open from its grant to the report of its end, or to the end of its lease; then it is
-- dated, and it ends one window after its date. Open places are sorted sets by the end of their
-- lease, dated ones are lists with the newest first; interactive and bulk places are kept apart,
-- as kinds 1 and 2.
--
-- A generation is the time for which this server has kept all that was reported to it. A server that was
-- restarted, or that took over, or lost a key, starts a new one: it grants nothing until every
-- process that may have sent calls has reported them, or until they can count no more.

local STATE, PROCESSES = KEYS[1], KEYS[6]
local DATED = {KEYS[2], KEYS[3]}
local OPEN = {KEYS[4], KEYS[5]}
local SECOND = 1000000
local TURN_KEPT = SECOND / 10     -- how long a place is kept for a process that comes for it
local BLOCK = 300 * SECOND        -- the documented block; a reset of more than twice that is an error
local INTERACTIVE_IN_A_ROW = 9    -- of ten places, bulk calls that wait get one

local me = ARGV[1]
local sequence = tonumber(ARGV[2])
local known = ARGV[3]             -- the generation that the process knows, or nothing
local calls = tonumber(ARGV[4])
local window = tonumber(ARGV[5])
local kept = tonumber(ARGV[6])
local reserve = tonumber(ARGV[7])
local lease = tonumber(ARGV[8])
local heartbeat = tonumber(ARGV[9])
local trusted = ARGV[10] == '1'   -- an empty store was never used
local shares = tonumber(ARGV[11]) -- among how many: 0 for no standby, -1 for all that are registered
local asked = {tonumber(ARGV[12]), tonumber(ARGV[13])}
local number = tonumber(ARGV[14]) -- of the first place that is granted
local standby = tonumber(ARGV[15])
local retry = tonumber(ARGV[16])  -- when to ask again where nobody knows when a place becomes free
local version = ARGV[17]          -- of the list of processes that the process knows
local reports = ARGV[18]
local memory = ARGV[19]           -- everything that it holds, for a generation that it does not know
local members = ARGV[20]          -- the processes that it knows, with its memory

local function text(n)
  return string.format('%.0f', n)
end

local function words(line)
  return string.gmatch(line, '%S+')
end

-- The state ------------------------------------------------------------------------------------

local FIELDS = {'run', 'generation', 'last', 'offset', 'ready', 'dated1', 'dated2', 'open1', 'open2',
  'processes', 'pause', 'left', 'lowest', 'reset', 'turn', 'row', 'version', 'born', 'unused',
  'remembered', 'probe'}
local values = redis.call('HMGET', STATE, unpack(FIELDS))
local state = {}
for i, field in ipairs(FIELDS) do
  local value = values[i]
  if value and value ~= '' then
    state[field] = (i < 3 or field == 'probe') and value or tonumber(value)
  end
end

local info = redis.call('INFO', 'server')
local at = string.find(info, 'run_id:', 1, true)
local run = string.sub(info, at + 7, at + 46)

local clock = redis.call('TIME')
clock = clock[1] * SECOND + clock[2]
local now = clock + (state.offset or 0)
if state.last and state.run == run and now < state.last then
  -- The clock was set back: this one goes on from where it was.
  state.offset = (state.offset or 0) + state.last - now
  now = state.last
end

local function lengths()
  return redis.call('LLEN', DATED[1]), redis.call('LLEN', DATED[2]),
    redis.call('ZCARD', OPEN[1]), redis.call('ZCARD', OPEN[2]), redis.call('HLEN', PROCESSES)
end

local d1, d2, o1, o2, registered = lengths()

local function whole()
  if state.run ~= run then
    return false
  end
  -- What nobody has used for so long may have expired.
  return now - state.last > window + lease or d1 == state.dated1 and d2 == state.dated2
    and o1 == state.open1 and o2 == state.open2 and registered == state.processes
end

-- The processes --------------------------------------------------------------------------------

local processes = {}

local function read(record)
  local n = words(record)
  return {seen = tonumber(n()), sequence = tonumber(n()), reported = n() == '1',
    asked = {tonumber(n()), tonumber(n())}, due = tonumber(n()), turn = tonumber(n()),
    standby = tonumber(n())}
end

local function write(name, p)
  redis.call('HSET', PROCESSES, name, text(p.seen) .. ' ' .. text(p.sequence) .. ' '
    .. (p.reported and '1' or '0') .. ' ' .. p.asked[1] .. ' ' .. p.asked[2] .. ' ' .. text(p.due)
    .. ' ' .. text(p.turn) .. ' ' .. p.standby)
end

local function newcomer(reported)
  return {seen = now, sequence = 0, reported = reported, asked = {0, 0}, due = 0, turn = 0,
    standby = 0}
end

local flat = redis.call('HGETALL', PROCESSES)
for i = 1, #flat, 2 do
  processes[flat[i]] = read(flat[i + 1])
end

if not whole() then
  local uptime = tonumber(string.match(info, 'uptime_in_seconds:(%d+)')) * SECOND
  local unused = trusted or uptime > window + lease
  redis.call('DEL', unpack(KEYS))
  local old = state
  state = {run = run, generation = run .. '.' .. text(clock), version = clock, born = clock,
    ready = clock + window + lease, unused = 0, remembered = 0}
  if old.pause then
    state.pause = clock + math.min(math.max(0, old.pause - old.last), 2 * BLOCK)
  end
  now = clock
  d1, d2, o1, o2 = 0, 0, 0, 0
  for name in pairs(processes) do
    processes[name] = newcomer(false)
    write(name, processes[name])
  end
  if old.run == nil and unused and known == '' and next(processes) == nil then
    -- Nobody knows this quota, and nobody can have used it. Whoever did all the same, and comes
    -- while this one waits, puts the start off.
    state.ready = clock + (trusted and 0 or heartbeat + SECOND)
    state.unused = 1
  end
end

local function save()
  state.last = now
  state.processes = redis.call('HLEN', PROCESSES)
  state.dated1, state.dated2, state.open1, state.open2 = d1, d2, o1, o2
  local fields = {}
  for _, field in ipairs(FIELDS) do
    local value = state[field] or ''
    table.insert(fields, field)
    table.insert(fields, type(value) == 'number' and text(value) or value)
  end
  redis.call('HSET', STATE, unpack(fields))
  -- Longer than the places, so that a quota that rests is not taken for one that was lost.
  redis.call('PEXPIRE', STATE, 30 * 86400000)
  for i = 2, #KEYS do
    redis.call('PEXPIRE', KEYS[i], math.ceil(2 * (window + lease) / 1000))
  end
end

local mine = processes[me]
if mine and sequence <= mine.sequence then
  -- An exchange that was given up and arrives late.
  return {'STALE'}
end

if known ~= state.generation and known ~= '' and memory == '' then
  save()
  return {'REPORT'}
end

if mine == nil then
  mine = newcomer(true)
  processes[me] = mine
  state.version = state.version + 1
end
mine.seen = now
mine.sequence = sequence
mine.reported = true

-- Reports --------------------------------------------------------------------------------------

local function member(place)
  return me .. ':' .. place
end

-- Dates a place, not before the newest one, so that the list stays in order.
local function date(kind, time)
  if time + window > now then
    local newest = redis.call('LINDEX', DATED[kind], 0)
    redis.call('LPUSH', DATED[kind], text(newest and math.max(tonumber(newest), time) or time))
  end
end

local function isProbe(place)
  return state.probe == member(place)
end

local countKnown = false

local report = {}

function report.o(word)
  local kind, place, left = tonumber(word()), word(), tonumber(word())
  redis.call('ZADD', OPEN[kind], text(now + left), member(place))
end

function report.e(word)
  local kind, place, age = tonumber(word()), word(), tonumber(word())
  if age < 0 then
    -- Its request may still be on its way.
    redis.call('ZADD', OPEN[kind], text(now - age), member(place))
  elseif redis.call('ZREM', OPEN[kind], member(place)) == 1 then
    date(kind, now - age)
    if isProbe(place) and not countKnown then
      -- The call that went ahead got a response that says nothing of the count.
      state.left, state.lowest = nil, nil
    end
  end
  if isProbe(place) then
    state.probe = nil
  end
end

function report.u(word)
  local kind, place = tonumber(word()), word()
  if redis.call('ZREM', OPEN[kind], member(place)) == 1 and state.left then
    state.left = state.left + 1
  end
  if isProbe(place) then
    state.probe = nil
  end
end

-- Places of an exchange whose reply was lost.
function report.l(word)
  for place = tonumber(word()), tonumber(word()) - 1 do
    local name = member(text(place))
    local gone = redis.call('ZREM', OPEN[1], name) + redis.call('ZREM', OPEN[2], name)
    if state.left then
      state.left = state.left + gone
    end
    if state.probe == name then
      state.probe = nil
    end
  end
end

-- What the service says is left.
function report.c(word)
  local remaining, wait = tonumber(word()), tonumber(word())
  if wait > 2 * BLOCK then
    wait = BLOCK
  end
  local outstanding = redis.call('ZCARD', OPEN[1]) + redis.call('ZCARD', OPEN[2])
  if state.lowest == nil or remaining <= state.lowest then
    -- Calls under way, but for the one with the response, may not be counted in it yet.
    state.left = remaining - math.max(0, outstanding - 1)
  elseif now >= (state.reset or 0) or now + wait - SECOND >= state.reset then
    -- A later window, or calls that left a sliding one. What ended just now may not be counted.
    local beside = 0
    for kind = 1, 2 do
      for _, time in ipairs(redis.call('LRANGE', DATED[kind], 0, 199)) do
        if tonumber(time) > now - SECOND then
          beside = beside + 1
        end
      end
    end
    state.left = remaining - outstanding - beside
  else
    return
  end
  countKnown = true
  state.lowest = remaining
  state.reset = now + wait + SECOND
  state.probe = nil
end

function report.p(word)
  local wait = math.min(tonumber(word()), 2 * BLOCK)
  state.pause = math.max(state.pause or 0, now + wait)
  state.left, state.lowest, state.reset, state.probe = reserve, 0, state.pause, nil
end

local function ended(time)
  return time + window <= now
end

-- Forgets the dated places of a kind that have ended.
local function forget(kind)
  local oldest = redis.call('LINDEX', DATED[kind], -1)
  if not oldest or not ended(tonumber(oldest)) then
    return
  end
  local low, high = 0, redis.call('LLEN', DATED[kind]) - 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    if ended(tonumber(redis.call('LINDEX', DATED[kind], middle))) then
      high = middle
    else
      low = middle + 1
    end
  end
  if low == 0 then
    redis.call('DEL', DATED[kind])
  else
    redis.call('LTRIM', DATED[kind], 0, low - 1)
  end
end

-- Dates the open places of a kind whose lease has ended.
local function expire(kind)
  local first = redis.call('ZRANGE', OPEN[kind], 0, 0, 'WITHSCORES')
  if first[1] and tonumber(first[2]) <= now then
    local over = redis.call('ZRANGEBYSCORE', OPEN[kind], '-inf', text(now), 'WITHSCORES')
    for i = 1, #over, 2 do
      redis.call('ZREM', OPEN[kind], over[i])
      date(kind, tonumber(over[i + 1]))
      if state.probe == over[i] then
        state.probe = nil
      end
    end
  end
end

-- What a process holds that has not reported to this generation yet.
local function remember()
  local times = {{}, {}}
  local word = words(memory)
  for what in word do
    if what == 'o' then
      report.o(word)
    elseif what == 'd' then
      local kind, age = tonumber(word()), tonumber(word())
      table.insert(times[kind], now - age)
    end
  end
  for kind = 1, 2 do
    if #times[kind] > 0 then
      for _, time in ipairs(redis.call('LRANGE', DATED[kind], 0, -1)) do
        table.insert(times[kind], tonumber(time))
      end
      table.sort(times[kind])
      redis.call('DEL', DATED[kind])
      for _, time in ipairs(times[kind]) do
        redis.call('LPUSH', DATED[kind], text(time))
      end
    end
  end
  if state.unused == 1 then
    -- It was used after all.
    state.unused = 0
    state.ready = math.max(state.ready, state.born + window + lease)
  end
  for name in words(members) do
    if processes[name] == nil and now < state.ready then
      processes[name] = newcomer(false)
      write(name, processes[name])
      state.version = state.version + 1
    end
  end
  state.remembered = 1
end

expire(1)
expire(2)
if known ~= state.generation and known ~= '' then
  remember()
end
local word = words(reports)
for what in word do
  report[what](word)
end
forget(1)
forget(2)
d1, d2, o1, o2 = lengths()

-- Who else is there ------------------------------------------------------------------------------

local live, awaited, promised = 0, 0, 0
for name, p in pairs(processes) do
  if p.seen + window + lease < now then
    redis.call('HDEL', PROCESSES, name)
    processes[name] = nil
    state.version = state.version + 1
  else
    if not p.reported then
      awaited = awaited + 1
    end
    if p.seen + 3 * heartbeat >= now then
      live = live + 1
    end
    if p.seen + window < now then
      p.standby = 0
    end
    if p.due + TURN_KEPT < now then
      p.asked = {0, 0}
    end
    if name ~= me then
      promised = promised + p.standby
    end
  end
end

-- What is free -----------------------------------------------------------------------------------

local ready = state.ready
if state.remembered == 1 and awaited == 0 then
  -- Everybody has reported; whoever joined in the last moment has had the time to.
  ready = math.min(ready, state.born + heartbeat + SECOND)
end

-- How many calls the service's own count lets go now, and when else.
local function byCount()
  if state.left == nil then
    return math.huge
  end
  if state.left <= reserve then
    if now < state.reset then
      return 0, state.reset - now
    end
    return state.probe and 0 or 1, retry
  end
  -- Others may spend their share before the response to each call that is under way.
  return math.max(0, math.ceil((state.left - reserve - reserve * (o1 + o2)) / (1 + reserve))), retry
end

local held = {d1 + o1, d2 + o2}
local room = calls - held[1] - held[2] - promised
local roomForBulk = calls - kept - held[2]
local counted, countedIn = byCount()
local granted = {0, 0}
local row = state.row or 0
mine.turn = math.max(mine.turn, state.turn or 0)
mine.asked = asked

-- Gives places in turn to all that come for them now; only those for this process are granted.
local function allot()
  local left = math.min(room, counted)
  local leftForBulk = roomForBulk
  local takers, rowOfAll, bulkWaits = {}, row, false
  for name, p in pairs(processes) do
    bulkWaits = bulkWaits or p.asked[2] > 0
    if p.asked[1] + p.asked[2] > 0 and (name == me or p.due <= now) then
      table.insert(takers,
        {name = name, turn = math.max(p.turn, state.turn or 0), asked = {p.asked[1], p.asked[2]}})
    end
  end
  local function next(kind)
    local best
    for _, taker in ipairs(takers) do
      if taker.asked[kind] > 0 and (best == nil or taker.turn < best.turn
          or taker.turn == best.turn and taker.name < best.name) then
        best = taker
      end
    end
    return best
  end
  while left > 0 and granted[1] + granted[2] < asked[1] + asked[2] do
    local first, bulk = next(1), nil
    if leftForBulk > 0 then
      bulk = next(2)
    end
    local kind = first and (bulk == nil or rowOfAll < INTERACTIVE_IN_A_ROW) and 1 or 2
    local taker = kind == 1 and first or bulk
    if taker == nil then
      return
    end
    rowOfAll = kind == 1 and bulkWaits and rowOfAll + 1 or 0
    left = left - 1
    if kind == 2 then
      leftForBulk = leftForBulk - 1
    end
    taker.asked[kind] = taker.asked[kind] - 1
    taker.turn = taker.turn + 1
    if taker.name == me then
      granted[kind] = granted[kind] + 1
      row = rowOfAll
    end
  end
end

if now >= ready and now >= (state.pause or 0) then
  allot()
end

for kind = 1, 2 do
  for _ = 1, granted[kind] do
    local name = member(text(number))
    redis.call('ZADD', OPEN[kind], text(now + lease), name)
    if state.left then
      if state.left <= reserve then
        state.probe = name
      end
      state.left = state.left - 1
    end
    number = number + 1
  end
end
local grants = granted[1] + granted[2]
if grants > 0 then
  mine.turn = mine.turn + grants
  state.row = row
  -- Where a process begins that has not waited: with the one that was served least of those that do.
  local least = mine.turn
  for name, p in pairs(processes) do
    if name ~= me and p.asked[1] + p.asked[2] > 0 then
      least = math.min(least, math.max(p.turn, state.turn or 0))
    end
  end
  state.turn = least
end
room = room - grants
roomForBulk = roomForBulk - granted[2]
d1, d2, o1, o2 = lengths()
mine.asked = {asked[1] - granted[1], asked[2] - granted[2]}

-- When to come again -----------------------------------------------------------------------------

-- How long until so many more places of the given kinds have ended.
local function untilEnded(count, kinds)
  if count <= 0 then
    return 0
  end
  local times = {}
  for _, kind in ipairs(kinds) do
    for _, time in ipairs(redis.call('LRANGE', DATED[kind], -count, -1)) do
      table.insert(times, tonumber(time))
    end
  end
  if #times < count then
    return retry
  end
  table.sort(times)
  return times[count] + window - now
end

-- How many calls of a kind of other processes go before the next one of this process.
local function ahead(kind)
  local count = 0
  for name, p in pairs(processes) do
    if name ~= me then
      local turns = mine.turn - math.max(p.turn, state.turn or 0) + (name < me and 1 or 0)
      count = count + math.max(0, math.min(p.asked[kind], turns))
    end
  end
  return count
end

local function comeAgain()
  if now < ready then
    -- Reports of others may bring it forward.
    return math.min(ready - now, math.max(retry, heartbeat)), 'QUOTA'
  end
  if now < (state.pause or 0) then
    return state.pause - now, 'THROTTLED'
  end
  if counted <= grants then
    return countedIn, 'SERVER_QUOTA'
  end
  local wait
  if mine.asked[1] > 0 then
    wait = untilEnded(ahead(1) + 1 - room, {1, 2})
  end
  if mine.asked[2] > 0 then
    local bulk = ahead(2)
    local interactive = mine.asked[1]
    for name, p in pairs(processes) do
      interactive = interactive + (name == me and 0 or p.asked[1])
    end
    interactive = math.min(interactive,
      INTERACTIVE_IN_A_ROW * bulk + math.max(0, INTERACTIVE_IN_A_ROW - row))
    local forBulk = math.max(untilEnded(interactive + bulk + 1 - room, {1, 2}),
      untilEnded(bulk + 1 - roomForBulk, {2}))
    wait = wait and math.min(wait, forBulk) or forBulk
  end
  if promised > 0 and room <= 0 then
    -- Standby that others no longer need is given back with their next heartbeat.
    wait = math.min(wait, heartbeat)
  end
  -- A place that is free is kept for a moment for a process whose turn it is.
  return math.max(wait, 1000), 'QUOTA'
end

local wait, reason = 0, ''
if mine.asked[1] + mine.asked[2] > 0 then
  wait, reason = comeAgain()
  mine.due = now + wait
else
  mine.due = 0
end

-- How much this process may send without this server, which is kept for it until it says that it
-- knows of less.
local target = 0
if shares ~= 0 and now >= ready and now >= (state.pause or 0) then
  local among = shares > 0 and shares or live
  target = math.max(0, math.floor(math.min(room, roomForBulk) / (among + 1)))
  target = math.min(target, math.floor(calls / among))
  if state.left then
    target = math.max(0, math.min(target, state.left - reserve))
  end
end
mine.standby = math.max(target, standby)
write(me, mine)

local names = ''
if version ~= text(state.version) then
  for name in pairs(processes) do
    names = names .. name .. ' '
  end
end
save()
return {'OK', state.generation, granted[1], granted[2], text(wait), reason, target,
  text(math.max(0, (state.pause or 0) - now)), text(state.version), names, live,
  held[1] + held[2] + grants}
