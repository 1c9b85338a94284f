-- The code of macros.pkgguard and pkgguard.attr, for rpm 4.16 to 4.20 (Lua 5.2 and later).
--
-- rpm keeps one Lua state for a spec and a target, from parsing (4.20 parses twice if BuildArch is set) to the check
-- of what was built.

local M = {}

local MISSING = "pkgguard is not installed: install the package pkgguard (BuildRequires: pkgguard-rpm-macros brings it)"

-- Return a text as one word of a shell command.
local function quoted(text)
  if text:match("^[%w/._=:+-]+$") then
    return text
  end
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- Return a text as the body of a macro, which rpm expands (rpm-macros(7)).
local function unexpanded(text)
  return (text:gsub("%%", "%%%%"))
end

-- Return a text on one line: rpm reads each line that a generator prints as a dependency.
local function on_one_line(text)
  return (text:gsub("%c", "?"))
end

local function command(words)
  local parts = {}
  for _, word in ipairs(words) do
    parts[#parts + 1] = quoted(word)
  end
  return table.concat(parts, " ")
end

local function value(macro)
  return rpm.expand("%{?" .. macro .. "}")
end

-- Return an argument of the macro; %{?name} calls it without arguments, and rpm then leaves their names unexpanded.
local function given(argument)
  local text = rpm.expand(argument)
  return text ~= argument and text or ""
end

local function is_installed()
  local pipe = io.popen("command -v pkgguard", "r")
  local path = pipe:read("*a")
  pipe:close()
  return path ~= ""
end

-- Return the output of pkgguard; raise an error if it fails. Its messages go to the build's log.
local function answer(words, input)
  if not is_installed() then
    error(MISSING, 0)
  end
  local line = command(words)
  if input then
    line = "printf '%s\\n' " .. command(input) .. " | " .. line
  end
  io.stdout:flush()
  local pipe = io.popen(line, "r")
  local text = pipe:read("*a")
  local succeeded, how, code = pipe:close()
  if succeeded and code == 0 then
    return text
  end
  error(command(words) .. " failed (" .. tostring(how) .. " " .. tostring(code) .. "), and said why above", 0)
end

local function in_sources(path)
  return path:sub(1, 1) == "/" and path or rpm.expand("%{_sourcedir}/") .. path
end

-- Return the manifest that is named or is among the sources, or nil, so that pkgguard searches for one.
local function manifest()
  local named = value("pkgguard_manifest")
  if named ~= "" then
    return in_sources(named)
  end
  local beside = in_sources("pkgguard.toml")
  return posix.stat(beside) and beside or nil
end

-- One build has one manifest: the check and the generator use the one of -m too.
local function name_manifest(path)
  local named = value("pkgguard_manifest")
  if path == "" or in_sources(path) == (named ~= "" and in_sources(named)) then
    return
  end
  if named ~= "" then
    error("-m " .. path .. ": this build already uses the manifest " .. named .. "; name only one", 0)
  end
  rpm.define("pkgguard_manifest " .. unexpanded(path))
end

local function settings(target, newest)
  local words = {}
  local path = manifest()
  if path then
    words[#words + 1] = "--manifest=" .. path
  end
  if target ~= "" then
    words[#words + 1] = "--target=" .. target
  end
  if newest then
    words[#words + 1] = "--newest-if-unknown"
  end
  return words
end

local function newest()
  local set = value("pkgguard_newest")
  return set ~= "" and set ~= "0"
end

local function joined(...)
  local all = {}
  for _, words in ipairs({ ... }) do
    for _, word in ipairs(words) do
      all[#all + 1] = word
    end
  end
  return all
end

-- %pkgguard_relations

local generated = {} -- call → answer

function M.relations()
  local usage = "pkgguard_relations: "
  if given("%{#}") ~= "1" then
    error(usage .. "name one package of the manifest, as in %{pkgguard_relations kata-runtime}", 0)
  end
  local version, release, epoch = value("version"), value("release"), value("epoch")
  if version == "" or release == "" then
    error(usage .. "the version is not known here; put the line below Version and Release", 0)
  end
  name_manifest(given("%{-m*}"))
  local target = given("%{-t*}")
  local words = settings(target ~= "" and target or value("pkgguard_target"), newest() or given("%{-n}") ~= "")
  local full = (epoch ~= "" and epoch .. ":" or "") .. version .. "-" .. release
  local call = joined({ "pkgguard", "generate", "--family=rpm", "--format=spec" }, words, { "--", given("%{1}"), full })
  local key = command(call)
  generated[key] = generated[key] or answer(call)
  return generated[key]
end

-- %pkgguard_check

local SET = "_build_pkgcheck_set"
local OURS = '%{lua:local done, text = pcall(function() return require("pkgguard").check_command() end) '
  .. 'print(done and text or "echo error: the packages are not checked >&2; false")}'

local check = { former = "" }

function M.check()
  if given("%{*}") ~= "" then
    error("pkgguard_check: takes no arguments, only options; it checks every package that is built", 0)
  end
  name_manifest(given("%{-m*}"))
  local body = value(SET) ~= "" and rpm.expand("%{macrobody:" .. SET .. "}") or ""
  if body ~= OURS then
    check.former = body
    check.former_must = (tonumber(value("_nonzero_exit_pkgcheck_terminate_build")) or 0) ~= 0
  end
  check.warn = given("%{-w}") ~= ""
  check.newest = given("%{-n}") ~= ""
  rpm.define(SET .. " " .. OURS)
  rpm.define("_nonzero_exit_pkgcheck_terminate_build 1")
end

-- Return the command to which rpm appends the packages. It calls a shell function, because a shell may replace itself
-- with a single command, and rpm treats a command that is ended by a signal as a success.
function M.check_command()
  if not is_installed() then
    return "echo " .. quoted("error: " .. MISSING) .. " >&2; false"
  end
  local words = settings("", newest() or check.newest)
  if check.warn then
    words[#words + 1] = "--fail-on=never"
  end
  local former = check.former ~= "" and rpm.expand(check.former) or ""
  if former ~= "" then
    former = "sh -c " .. quoted(former .. ' "$@"') .. ' sh "$@" || ' .. (check.former_must and "exit 1" or "echo warning: the check before failed >&2")
    former = former .. "; "
  end
  local ours = command(joined({ "pkgguard", "check", "--expect-known", "--macros" }, words, { "--" }))
  return "checked() { " .. former .. ours .. ' "$@"; }; checked'
end

-- The generator of pkgguard.attr

local kinds = { "provides", "requires", "recommends", "conflicts" }
local expressions = {} -- manifest → the regular expressions of the files that it names
local failure -- why the files could not be matched
local package = {} -- the package whose dependencies are being generated
local epochs = 0 -- how often %epoch was defined before that package

local function patterns()
  local key = manifest() or ""
  if not expressions[key] then
    local found = {}
    for line in answer(joined({ "pkgguard", "rpm", "pattern", "--quiet" }, settings("", false))):gmatch("[^\n]+") do
      found[#found + 1] = line
    end
    expressions[key] = found
  end
  return expressions[key]
end

local function refuse_options()
  -- rpm passes them to a macro as arguments, and 4.16 fails because it reads them as the macro's own options.
  local set = {}
  for _, kind in ipairs(kinds) do
    local name = "__pkgguard_" .. kind .. "_opts"
    if value(name) ~= "" then
      rpm.expand("%undefine " .. name)
      set[#set + 1] = "%" .. name
    end
  end
  if #set > 0 then
    error(table.concat(set, ", ") .. ": has no effect; set %pkgguard_manifest, %pkgguard_target, %pkgguard_newest", 0)
  end
end

-- Return the number of definitions of a macro: rpm keeps definitions that later ones hide.
local function definitions(macro)
  local bodies = {}
  while value(macro) ~= "" do
    bodies[#bodies + 1] = value(macro)
    rpm.expand("%undefine " .. macro)
  end
  for place = #bodies, 1, -1 do
    rpm.define(macro .. " " .. unexpanded(bodies[place]))
  end
  return #bodies
end

-- Return [EPOCH:]VERSION-RELEASE of the package whose dependencies are being generated. rpm defines %epoch for a package
-- with an epoch; for one without, %epoch is still that of another package of the spec.
local function version_of_package()
  local full = rpm.expand("%{version}-%{release}")
  return definitions("epoch") > epochs and value("epoch") .. ":" .. full or full
end

-- Return the regular expression for the files that matter. rpm calls this once for each package, before it defines the
-- package's macros.
function M.path()
  failure = nil
  epochs = definitions("epoch")
  local done, found = pcall(function()
    refuse_options()
    return patterns()
  end)
  if not done then
    failure = found
    return "."
  end
  return table.concat(found, "|")
end

-- Lua's match backtracks, for hours if a pattern has many wildcards. So the pieces of an expression (each is a
-- character or a set, maybe repeated) are matched in parallel.
local pieces = {} -- expression → its pieces

local function pieces_of(expression)
  local found = {}
  local rest = expression:sub(2, -2) -- without ^ and $
  while rest ~= "" do
    local set = rest:match("^%[[^]]+%]") or rest:match("^.")
    local many = rest:sub(#set + 1, #set + 1) == "*"
    found[#found + 1] = { letter = "^" .. set .. "$", many = many }
    rest = rest:sub(#set + (many and 2 or 1))
  end
  return found
end

function M.fits(expression, path)
  pieces[expression] = pieces[expression] or pieces_of(expression)
  local of = pieces[expression]
  local last = #of + 1
  local reached = {}
  -- A repeated piece may match nothing, so the next piece is reached too.
  local function reach(set, place)
    set[place] = true
    while place < last and of[place].many do
      place = place + 1
      set[place] = true
    end
  end
  reach(reached, 1)
  for letter in path:gmatch(".") do
    local following = {}
    for place in pairs(reached) do
      local piece = of[place]
      if piece and letter:match(piece.letter) then
        reach(following, piece.many and place or place + 1)
      end
    end
    reached = following
    if not next(reached) then
      return false
    end
  end
  return reached[last] or false
end

local function fitting(path)
  local found = {}
  for number, expression in ipairs(patterns()) do
    if M.fits(expression, path) then
      found[#found + 1] = number
    end
  end
  return table.concat(found, " ")
end

local function without_buildroot(path)
  local root = rpm.expand("%{buildroot}")
  if path:sub(1, #root) ~= root then
    error(path .. " is not in the build root " .. root, 0)
  end
  return path:sub(#root + 1)
end

-- Return a line that rpm prints and refuses as a dependency.
local function refusal(reason)
  return "!" .. on_one_line(tostring(reason))
end

-- Return a package's relations of one kind for the first file that it ships for each pattern, else an empty text.
local function relations_of_kind(kind)
  if failure then
    local reason = failure
    failure = ""
    return reason ~= "" and refusal(reason) or ""
  end
  local path = without_buildroot(rpm.expand("%{1}"))
  local name = rpm.expand("%{name}")
  if package.name ~= name then
    package = { name = name, paths = {}, first = {} }
  end
  local fits = fitting(path)
  if not package.first[fits] then
    package.first[fits] = path
    package.paths[#package.paths + 1] = path
    package.lines = nil
  elseif package.first[fits] ~= path then
    return ""
  end
  if not package.lines then
    local words = joined(settings(value("pkgguard_target"), newest()), { "--", name, version_of_package() })
    local done, lines = pcall(answer, joined({ "pkgguard", "rpm", "generator" }, words), package.paths)
    if not done then
      failure = "" -- it is reported once
      error(lines, 0)
    end
    package.lines = lines
  end
  local found = {}
  for line in package.lines:gmatch("[^\n]+") do
    local field, relation = line:match("^(%a+): (.*)$")
    if field == kind then
      found[#found + 1] = relation
    end
  end
  return table.concat(found, "\n")
end

function M.generated(kind)
  local done, lines = pcall(relations_of_kind, kind)
  return done and lines or refusal(lines)
end

return M
