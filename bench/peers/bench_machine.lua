-- What programs/BenchMachine.bt does: `lua5.4 bench_machine.lua MESSAGE NUMBER TURNS` prints the seconds of each turn and the answer.
local Bench = {}
Bench.__index = Bench

function Bench:fib(n)
  if n <= 1 then return n else return self:fib(n - 1) + self:fib(n - 2) end
end

function Bench:loops(limit)
  local sum = 0
  for i = 1, limit do
    for k = 1, 100 do sum = sum + i * k % 7 end
  end
  return sum
end

Bench["while"] = function(_, limit)
  local sum, i = 0, 0
  while i < limit do
    sum = sum + i
    i = i + 1
  end
  return sum
end

function Bench:from(first, last, block)
  for i = first, last do block(i) end
end

function Bench:blocks(limit)
  local sum = 0
  self:from(1, limit, function(i) sum = sum + i end)
  return sum
end

local function numbers(limit)
  local all = {}
  for i = 1, limit do all[i] = i end
  return all
end

-- Lua's tables change in place. The sieve's array does in both; a board of queens is a copy for each place in both.
function Bench:sieve(limit)
  local flags, count = numbers(limit), 0
  for i = 2, limit do
    if flags[i] ~= 0 then
      count = count + 1
      for k = i * i, limit, i do flags[k] = 0 end
    end
  end
  return count
end

local function with(array, place, value)
  local copy = table.move(array, 1, #array, 1, {})
  copy[place] = value
  return copy
end

function Bench:queens(size)
  local free = numbers(2 * size)
  return self:place(1, size, free, free, free)
end

function Bench:place(row, size, columns, rising, falling)
  if row > size then return 1 end
  local count = 0
  for column = 1, size do
    local up, down = row + column, row - column + size
    if columns[column] > 0 and rising[up] > 0 and falling[down] > 0 then
      count = count + self:place(row + 1, size, with(columns, column, 0), with(rising, up, 0), with(falling, down, 0))
    end
  end
  return count
end

function Bench:strings(limit)
  local size = 0
  for i = 1, limit do
    local text = ""
    for k = 1, 100 do text = text .. "line " .. k .. " of " .. i .. ", " end
    size = size + utf8.len(text)
  end
  return size
end

function Bench:dictionaries(limit)
  local entries = {}
  for i = 1, limit do
    local key = i * 7919 % 1000
    entries[key] = (entries[key] or 0) + i
    if i % 3 == 0 then entries[i * 31 % 1000] = nil end
  end
  local sum = 0
  for _, each in pairs(entries) do sum = sum + each end
  return sum
end

local message, number, turns = arg[1], math.tointeger(arg[2]), math.tointeger(arg[3])
local object = setmetatable({}, Bench)
for _ = 1, turns do
  local start = os.clock()
  local answer = object[message](object, number)
  print(string.format("%.6f %s", os.clock() - start, answer))
end
