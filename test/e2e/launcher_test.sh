#!/bin/sh
# The launcher and its commands from the outside: output, standard error, exit codes.
set -u
. "$(dirname "$0")/shared.sh"
# is TEXT: standard output is exactly that
is() { [ "$(cat "$work/out")" = "$1" ] || fail "output is not '$1'"; }

expect 0 "eval prints the value" "$bt" eval '1 + 2' && is 3
expect 0 "eval prints output before the value" "$bt" eval 'Transcript show: "hi"; cr. 7' && is "hi
7"
expect 0 "eval takes any text" "$bt" eval '"grün " ++ "ö"' && is "grün ö"
expect 1 "eval reports a run-time error" "$bt" eval '3 foo' && has err "Integer does not understand 'foo'" && has err "Hint: "
expect 1 "eval reports a compile error" "$bt" eval '3 +' && has err "expected expression"
expect 1 "eval keeps a time limit" "$bt" eval --timeout 200 '[true] whileTrue: []' && has err "time limit"
for engine in beam evaluator auto; do
    expect 0 "eval with the engine $engine" "$bt" eval --engine=$engine 'x := 3. #(x, x + 1)' && is "[3,4]"
    expect 0 "the environment names the engine $engine" env BEAMTALK_ENGINE=$engine "$bt" eval --engine "$engine" 3 && is 3
    expect 1 "a run-time error with the engine $engine" "$bt" eval --engine=$engine '3 foo' && has err "Integer does not understand 'foo'" && has err "Hint: "
    expect 1 "a time limit with the engine $engine" "$bt" eval --engine=$engine --timeout 200 '[true] whileTrue: []' && has err "time limit"
done
expect 2 "eval with a nonsense engine" "$bt" eval --engine=steam 3 && has err "unknown engine 'steam' (beam, evaluator or auto)"
expect 2 "eval without the engine's name" "$bt" eval 3 --engine && has err "--engine needs a value"
expect 2 "repl with a nonsense engine" "$bt" repl --engine=steam && has err "unknown engine 'steam'"
for command in run test conformance test-script doctest; do
    expect 2 "$command with a nonsense engine" "$bt" "$command" --engine=steam . && has err "unknown engine 'steam'"
done
expect 2 "a nonsense engine in the environment" env BEAMTALK_ENGINE=steam "$bt" eval 3 && has err "unknown engine 'steam' in BEAMTALK_ENGINE"
expect 2 "eval without expression" "$bt" eval
# A signal ends what runs without a word of internal errors.
"$bt" eval 'Transcript show: "begun"; cr. [true] whileTrue: []' >"$work/out" 2>"$work/err" &
until grep -q begun "$work/out"; do kill -0 $! || break; sleep 0.1; done
kill -TERM $!
wait $!
[ $? = 143 ] || fail "eval ended by a signal: the exit code"
[ ! -s "$work/err" ] || fail "eval ended by a signal is silent: $(cat "$work/err")"
expect 2 "no command" "$bt"
expect 2 "unknown command" "$bt" nonsense && has err "unknown command 'nonsense'"
expect 2 "unknown option" "$bt" check --nonsense
expect 0 "the environment says what is logged" env RUST_LOG=debug "$bt" eval 1 && has err "PROGRESS"
expect 0 "and wins over options" env RUST_LOG=off "$bt" -v eval 1 && [ ! -s "$work/err" ] || fail "RUST_LOG=off is silent"
expect 0 "help" "$bt" --help && has out "eval EXPR"
expect 0 "help of a command" "$bt" run --help && has out "beamtalk run"
expect 0 "help behind other arguments" "$bt" check nothing.bt --no-warnings --help && has out "beamtalk check [PATH]"
expect 0 "help instead of a mistake" "$bt" build --nonsense -h && has out "beamtalk build [PATH]"
expect 2 "no help behind --" "$bt" check -- --help nothing
expect 0 "version" "$bt" --version && has out "beamtalk 0."

ln -s "$bt" "$work/link"
cd "$work" || exit 1
expect 0 "from elsewhere through a link" "$work/link" eval '3 * 4' && is 12

cat >good.bt <<'B'
Object subclass: Good
  answer => 42
B
cat >bad.bt <<'B'
Object subclass: Bad
  answer => 42 +
  more => (1 + 2
B
expect 0 "check of a good file" "$bt" check good.bt
for backend in nif port; do
    expect 0 "show of the evaluator's code on $backend" env BEAMTALK_COMPILER=$backend "$bt" show --stage bytecode good.bt && has out "Good>>answer  (1 parameters" && has out "load_int"
done
expect 2 "show of a nonsense stage" "$bt" show --stage steam good.bt && has err "unknown stage 'steam' (tokens, ast, hir, core or bytecode)"
expect 1 "check of a bad file" "$bt" check bad.bt && has err "bad.bt:" && has err "error here" && has err "Failed to compile 'bad.bt'" && has err "= beamtalk::compile parse/"
expect 1 "check as JSON" "$bt" check --format json bad.bt && has out '"severity":"error"' && has out '"file":"bad.bt"'
expect 1 "check of nothing" "$bt" check nothing.bt && has err "does not exist"

mkdir program
cat >program/Greeter.bt <<'B'
Actor subclass: Greeter
  greet: name => Transcript show: "Hello {name}"; cr
  fail =>
    self error: "no more"
    nil
B
cat >program/main.bt <<'B'
greeter := Greeter spawn
args do: [:name | (greeter greet: name) await]
B
expect 0 "run a directory with arguments" "$bt" run program Ada Grace && is "Hello Ada
Hello Grace"
expect 0 "run with the evaluator" "$bt" run --engine=evaluator program Ada && is "Hello Ada"
for path in ./program program/ "$work/program"; do
    expect 0 "run $path" "$bt" run "$path" Ada && is "Hello Ada"
done
cat >program/broken.bt <<'B'
greeter := Greeter spawn
greeter fail await
B
expect 1 "run reports an uncaught error" "$bt" run program/broken.bt && has err "no more" && has err "Greeter>>fail" && has err "Greeter.bt:4" && has err "broken.bt:2"
cat >Main.bt <<'B'
Object subclass: Main
  class run: args =>
    Transcript show: "{args size} arguments"; cr
B
expect 0 "run a class" "$bt" run Main.bt a b c && is "3 arguments"
expect 0 "help among the arguments is the program's" "$bt" run Main.bt --help && is "1 arguments"
expect 0 "run behind --" "$bt" run -- Main.bt a && is "1 arguments"
mkdir void
expect 1 "run of an empty directory" "$bt" run void && has err "No beamtalk.toml found in 'void'."
expect 1 "run of nothing" "$bt" run nothing && has err "does not exist"

cat >script.btscript <<'B'
// A script.
x := 20
// => 20
x + 1
// => 21
x foo
// => ERROR: does_not_understand
1 / 0
// => ERROR: badarith
"abc" size
// => _
B
expect 0 "expression scripts in the evaluator" "$bt" test-stdlib --engine=evaluator script.btscript && has out "script: 5 tests, 5 passed"
expect 0 "expression scripts" "$bt" test-stdlib script.btscript && has out "script: 5 tests, 5 passed" &&
    has out "1 file(s), 5 tests, 5 passed, 0 failed"
printf '1 + 1\n// => 3\n' >wrong.btscript
expect 1 "a failing script" "$bt" test-script wrong.btscript && has out "expected: 3" && has out "got:      2"
printf '1 + 1\n' >bare.btscript
expect 1 "a script without expectation" "$bt" test-script bare.btscript && has err "missing // => assertion"

mkdir tests
cat >tests/sum_test.bt <<'B'
TestCase subclass: SumTest
  testSum => self assert: 1 + 1 equals: 2
  testOther => self deny: false
B
expect 0 "test classes" "$bt" test tests && has out "SumTest: 2 tests, 2 passed"
cat >tests/wrong_test.bt <<'B'
TestCase subclass: WrongTest
  testWrong => self assert: 1 equals: 2
B
expect 1 "failing test classes" "$bt" test tests && has err "Expected 2, got 1" && has err "1 test(s) failed"
expect 1 "test of nothing" "$bt" test nothing && has err "Test path 'nothing' not found"
mkdir empty
expect 0 "test without tests" "$bt" test empty && has out "No test files found in 'empty'"

printf 'x := 3\nx * 5\n:bindings\n1 foo\n"still here"\n' >"$work/typed"
if "$bt" repl <"$work/typed" >"$work/out" 2>"$work/err"; then echo "ok   repl from a file"; else fail "repl from a file"; fi
has out "15"
has out "  x = 3"
has out "Integer does not understand 'foo'"
has out "still here"
has out "Goodbye!"

cat >"$work/typed" <<'B'
Object subclass: Doubler
  of: n => n + n
Doubler class >> make => self new
(Doubler make of: 4) + (Doubler make of: 5)
Doubler >> of: n => 2 * n
(Doubler make of: 4) + 300
:disasm Doubler of:
:disasm Doubler class make
:disasm Doubler >> nothing
:disasm Nowhere of:
:disasm Doubler
:tiers Doubler
:tiers on
:compile Doubler of: --wait
:compile Doubler nothing
:compile
:help
B
if "$bt" repl --engine=evaluator <"$work/typed" >"$work/out" 2>"$work/err"; then echo "ok   the machine at the prompt"; else fail "the machine at the prompt"; fi
has out "18"
has out "✓ Hot-loaded: Doubler>>of: (v1 → v2)"
has out "308"
has out "Doubler>>of:  (2 parameters, "
has out "Doubler class>>make  (1 parameters"
has out "Method 'nothing' not found in Doubler"
has out "Class 'Nowhere' not found"
has out "Usage: :disasm <Class> [class] <selector>"
has out "  Doubler>>of:                 0          2          1"
has out "There is one tier: nothing is compiled in the background, so there is no progress to show"
has out "Doubler>>of: was not compiled: native code is not supported yet"
has out "Usage: :compile <Class> [class] <selector> [--wait]"
has out "  :tiers [Class] "
(echo ":tiers" | "$bt" repl --engine=beam >"$work/out" 2>"$work/err") && echo "ok   the machine where the BEAM runs inputs" || fail "the machine where the BEAM runs inputs"
has out "No method has run in the evaluator (it runs inputs with --engine=evaluator)"

if PATH=/usr/bin:/bin "$bt" doctor >"$work/out" 2>"$work/err"; then echo "ok   doctor"; else fail "doctor"; fi

# One fixture, whatever its path looks like.
mkdir -p "$work/spelling/test/fixtures"
printf 'Object subclass: SpellFixture\n  one => 1\n' >"$work/spelling/test/fixtures/spell_fixture.bt"
printf '// @load test/fixtures/spell_fixture.bt\nTestCase subclass: SpellTest\n  testOne => self assert: SpellFixture new one equals: 1\n' \
    >"$work/spelling/test/spell_test.bt"
cd "$work/spelling"
expect 0 "a fixture loaded under another path is the same file" "$bt" test ./test && has out "1 tests, 1 passed"
expect 0 "with an absolute path as well" "$bt" test "$work/spelling/test" && has out "1 tests, 1 passed"
cd "$root"

# Packages.
mkdir "$work/projects"
cd "$work/projects" || exit 1
expect 1 "new with a bad name" "$bt" new MyApp && has err "found 'M' (try 'my_app')" && [ ! -e MyApp ] || fail "a directory for a bad name"
expect 2 "new without a name" "$bt" new
expect 0 "new" "$bt" new shop && has out "Created package 'shop'" && has out "  cd shop"
expect 0 "new application" "$bt" new desk --app && has out "Created package 'desk'"
cd desk
expect 0 "a new application builds" "$bt" build && is "Compiled 2 of 2 file(s)"
expect 0 "a new application runs" "$bt" run && has out "Hello from desk!"
expect 0 "a new application passes its tests" "$bt" test && has out "GreeterTest: 2 tests, 2 passed"
expect 0 "and its examples" "$bt" doctest && has out "2 tests, 2 passed"
expect 0 "a new application is formatted" "$bt" fmt-check
expect 0 "a new application is without mistakes" "$bt" check && [ ! -s "$work/err" ] || fail "check of a new application says something"
expect 0 "a new application has documentation" "$bt" doc . -q
expect 1 "an application over a package" "$bt" new --app ../shop && has err "Invalid package name"
cd ..
expect 1 "new twice" "$bt" new shop && has err "Directory 'shop' already exists"
touch file
expect 1 "new over a file" "$bt" new file && has err "Directory 'file' already exists"
[ -z "$(find . -name '*.tmp')" ] || fail "new left something behind"
cd shop
[ -d test ] && [ -f .gitignore ] && [ -f .mcp.json ] && [ -f AGENTS.md ] && [ -f README.md ] || fail "files of a new package"
expect 0 "a new package builds" "$bt" build && is "Compiled 1 of 1 file(s)"
[ -f "_build/dev/ebin/bt@shop@main.beam" ] && [ -f _build/dev/ebin/shop.app ] || fail "outputs of a build"
expect 0 "a second build does nothing" "$bt" build && is "Nothing to compile: 1 file(s) up to date"
expect 0 "a new package runs" "$bt" run && has out "Hello from shop!"
expect 0 "a new package passes its tests" "$bt" test
expect 0 "a new package is formatted" "$bt" fmt-check
expect 0 "a new package is without mistakes" "$bt" check
expect 0 "doctor of a package" "$bt" doctor && has out "beamtalk.toml can be read; 1 source file(s)"

expect 1 "doctor says what is wrong and how to mend it" env HOME=/dev/null/home "$bt" doctor && has out "cannot make /dev/null/home/.beamtalk" &&
    has out "mend: make the directory" && has err "1 problem(s) found"
cp beamtalk.toml manifest
sed -i '/^name/d' beamtalk.toml
expect 1 "build without a name" "$bt" build && has err "beamtalk.toml: missing key 'name' in [package]"
expect 1 "check without a name" "$bt" check && has err "beamtalk.toml: missing key 'name' in [package]"
mv manifest beamtalk.toml
printf 'Object subclass: Item\n  price -> Integer => 3\n' >src/Item.bt
printf 'Object subclass: Basket\n  total => Item new price * 2\n' >src/Basket.bt
expect 0 "new files are compiled" "$bt" build && is "Compiled 2 of 3 file(s)"
sed -i 's/=> 3/=> 4/' src/Item.bt
expect 0 "a body concerns its own file" "$bt" build && is "Compiled 1 of 3 file(s)"
sed -i 's/-> Integer/-> Number/' src/Item.bt
expect 0 "an interface concerns its users" "$bt" build && is "Compiled 2 of 3 file(s)"
rm src/Basket.bt
expect 0 "outputs without source go" "$bt" build && has out "removed 1 without source"
[ ! -f "_build/dev/ebin/bt@shop@basket.beam" ] || fail "the module of a removed file"
expect 0 "everything on demand" "$bt" build --force . && is "Compiled 2 of 2 file(s)"
expect 0 "Core Erlang on demand" "$bt" build --emit-core && [ -f "_build/dev/ebin/bt@shop@item.core" ] || fail "Core Erlang beside the code"
cp ../../bad.bt src/
expect 1 "build with mistakes" "$bt" build && has err "error here" && has err "src/bad.bt:" && has err "Failed to compile '.'"
expect 1 "build with mistakes as JSON" "$bt" build --format json && has out '"file":"src/bad.bt"' && has out '"severity":"error"'
rm src/bad.bt
expect 1 "build of nothing" "$bt" build nothing && has err "Path 'nothing' does not exist"
expect 1 "build of something else" "$bt" build README.md && has err "is not a .bt source file"
expect 2 "build with a wrong option" "$bt" build --nonsense
expect 0 "help of build" "$bt" build --help && has out "--force"
expect 0 "build from elsewhere" sh -c "cd / && '$bt' build '$work/projects/shop'" && has out "Nothing to compile"
cp src/Item.bt ..
(cd src && "$bt" repl <"$work/typed" >"$work/out" 2>"$work/err") && echo "ok   repl below a package" || fail "repl below a package"
has out "  Project:   $work/projects/shop"
has out "Compiled shop v0.1.0 (2 classes)"
mkdir same && printf 'Object subclass: Same\n' | tee same/One.bt >same/Two.bt
for command in check build; do
    expect 0 "$command of a class that is there twice" "$bt" $command same && has err "Warning: class 'Same' is defined in both '" && has err "for cross-file dispatch"
done
mkdir src/parts && printf 'Object subclass: Item\n  price => 5 foo\n' >src/parts/Item.bt
expect 0 "run tells warnings" "$bt" run && has err "Warning: class 'Item' is defined in both" && has err "does not understand 'foo'"
rm -r same src/parts
cp beamtalk.toml manifest
printf 'broken\n' >>beamtalk.toml
for command in build run check test doctest; do
    expect 1 "$command with a broken manifest" "$bt" $command && has err "beamtalk.toml:10: expected '=' behind the key 'broken'"
done
(echo 1 | "$bt" repl >"$work/out" 2>"$work/err") && echo "ok   repl with a broken manifest" || fail "repl with a broken manifest"
has out "Warning: beamtalk.toml:10: expected '='"
lacks out "  Project:"
mv manifest beamtalk.toml
printf 'Object subclass: Beside\n' >../Beside.bt
expect 0 "build of another file" "$bt" build ../Beside.bt && is "Compiled 1 of 1 file(s)"
expect 0 "build of a file" "$bt" build ../Item.bt && is "Compiled 1 of 1 file(s)" && [ -f "../build/bt@beside.beam" ] || fail "code of the file beside it stays"
expect 0 "build of a file again" "$bt" build ../Item.bt && [ -f "../build/bt@item.beam" ] || fail "output of a single file"
mkdir ../none
expect 1 "build of an empty directory" "$bt" build ../none && has err "No .bt source files found in '../none'"

# Killed at some moment, a build leaves modules that are whole, and the next one finishes.
n=0
while [ $n -lt 60 ]; do
    n=$((n + 1))
    printf 'Object subclass: Many%s\n  one => %s\n  two => self one + 1\n' $n $n >src/Many$n.bt
done
"$bt" build >/dev/null 2>&1 &
building=$!
while [ "$(ls _build/dev/ebin/*.beam | wc -l)" -lt 12 ] && kill -0 $building 2>/dev/null; do :; done
kill -9 $building 2>/dev/null
wait $building 2>/dev/null
expect 0 "a build after a killed one" "$bt" build
grep -qE "^(Compiled|Nothing)" "$work/out" || fail "a build after a killed one says what it did"
[ "$(ls _build/dev/ebin/*.beam | wc -l)" -eq 62 ] || fail "all modules are there"
expect 0 "and nothing is left to do" "$bt" build && is "Nothing to compile: 62 file(s) up to date"
if command -v script >/dev/null 2>&1; then
    TERM=xterm script -qec "'$bt' build --force" /dev/null >"$work/out" 2>"$work/err" </dev/null
    grep -q "62 of 62" "$work/out" && echo "ok   progress on a terminal" || fail "progress on a terminal"
fi
expect 0 "no progress elsewhere" "$bt" build --force && [ ! -s "$work/err" ] || fail "progress without a terminal"

# Packages that need packages: a path, and a git repository of its own.
mkdir -p "$work/needs/base/src" "$work/needs/grün/src" && cd "$work/needs" || exit 1
printf '[package]\nname = "base"\nversion = "1.0.0"\n' >base/beamtalk.toml
printf '/// I have a name.\nObject subclass: Named\n  state: name = "it"\n  name -> String => self.name\n' >base/src/Named.bt
(cd base && git init -q && git add -A && git -c user.name=t -c user.email=t@example.org -c commit.gpgsign=false commit -qm one && git tag v1)
printf '[package]\nname = "shapes"\nversion = "1.0.0"\n[dependencies]\nbase = { git = "../base", tag = "v1" }\n' >grün/beamtalk.toml
printf '/// I am round, see `Named`.\nNamed subclass: Circle\n  area: r => r * r * 3\n' >grün/src/Circle.bt
"$bt" new shop >/dev/null
cd shop || exit 1
printf 'shapes = { path = "../grün" }\n' >>beamtalk.toml
cat >src/main.bt <<'B'
/// I sell `Circle`, by `Circle>>area:`.
///
/// ```beamtalk
/// Main new area   // => 12
/// ```
Circle subclass: Main
  class start => Transcript show: "{self new area} {self new name}"; cr
  area => self area: 2
B
printf 'TestCase subclass: MainTest\n  testArea => self assert: Main new area equals: 12\n' >test/main_test.bt
expect 0 "check with dependencies" "$bt" check && [ ! -s "$work/out" ] && has err "Fetching base from ../base (tag v1)"
[ ! -e _build/dev ] || fail "check writes no code"
expect 0 "build with dependencies" "$bt" build && is "Compiled 3 of 3 file(s) in 3 packages" && [ ! -s "$work/err" ] || fail "nothing is fetched twice"
expect 0 "a second build with dependencies" "$bt" build && is "Nothing to compile: 3 file(s) in 3 packages up to date"
(cd ../base && git branch dev)
sed -i 's/tag = "v1"/branch = "dev"/' ../grün/beamtalk.toml
expect 0 "build with a branch" "$bt" build && has err "Fetching base from ../base (branch dev)"
sed -i "s/branch = \"dev\"/rev = \"$(cd ../base && git rev-parse --short HEAD)\"/" ../grün/beamtalk.toml
expect 0 "build with a commit" "$bt" build && has err "Fetching base from ../base (rev "
mv ../base ../away
expect 0 "run with dependencies" "$bt" run && has out "12 it"
expect 0 "tests with dependencies" "$bt" test && has out "MainTest: 1 tests, 1 passed"
expect 0 "examples with dependencies" "$bt" doctest && has out "1 tests, 1 passed"
expect 0 "documentation with dependencies" "$bt" doc . -o ../site && [ -f ../site/classes/Circle.html ] && [ -f ../site/classes/Named.html ]
printf '(Circle new area: 3) + 1\n' >"$work/typed"
if "$bt" repl <"$work/typed" >"$work/out" 2>"$work/err"; then echo "ok   repl with dependencies"; else fail "repl with dependencies"; fi
has out "Compiled shop v0.1.0 (1 classes)"
has out "28"
mv ../away ../base
expect 0 "build of a package in a directory with any letters" "$bt" build ../grün
printf 'Object subclass: Circle\n  area: r => r\n' >src/Circle.bt
for command in build check; do
    expect 1 "$command with a class of two packages" "$bt" $command && has err "class 'Circle' is defined in package 'shapes' (../grün/src/Circle.bt) and in package 'shop'"
done
expect 1 "run with a class of two packages" "$bt" run && has err "class 'Circle' is defined in package 'shapes'"
rm src/Circle.bt
printf 'Named subclass: Circle\n  area: r => r *\n' >../grün/src/Circle.bt
expect 1 "build with a mistake in a dependency" "$bt" build && has err "../grün/src/Circle.bt:2" && has err "Failed to compile 'shapes'"
expect 1 "run with a mistake in a dependency" "$bt" run && has err "../grün/src/Circle.bt:2"
sed -i 's/^shapes.*/shapes = { path = "..\/nowhere" }/' beamtalk.toml
for command in build check run test doctest; do
    expect 1 "$command without a dependency" "$bt" $command && has err "beamtalk.toml:10: dependency 'shapes' names a directory that does not exist: '../nowhere'"
done
expect 1 "doc without a dependency" "$bt" doc . -o ../site && has err "beamtalk.toml:10: dependency 'shapes'"
if "$bt" repl <"$work/typed" >"$work/out" 2>"$work/err"; then echo "ok   repl without a dependency"; else fail "repl without a dependency"; fi
has out "Warning: package compilation failed: beamtalk.toml:10: dependency 'shapes'"
cd "$root"

# Formatting.
cd "$work" && mkdir layout && cd layout || exit 1
printf 'Object   subclass:A // class\n/// one\none=>1 . \n' >A.bt
cp A.bt before
expect 1 "fmt-check of a file that is not formatted" "$bt" fmt-check && has out "--- A.bt" && has out "+Object subclass: A // class" &&
    has err "1 of 1 file(s) would be formatted"
cmp -s A.bt before || fail "fmt-check changed a file"
expect 0 "fmt" "$bt" fmt && is "formatted A.bt"
printf 'Object subclass: A // class\n  /// one\n  one => 1\n' | cmp -s - A.bt || fail "formatted file"
expect 0 "fmt again" "$bt" fmt && is "1 file(s), nothing to format"
expect 0 "fmt-check of a formatted file" "$bt" fmt-check A.bt && is ""
cp ../bad.bt .
expect 1 "fmt with a syntax error" "$bt" fmt && has err "error here" && has err "Failed to format 'bad.bt': the file is as it was"
cmp -s bad.bt ../bad.bt || fail "fmt changed a file with a syntax error"
expect 1 "fmt of nothing" "$bt" fmt nothing.bt && has err "does not exist"
expect 1 "fmt of something else" "$bt" fmt before && has err "is not a .bt source file"
expect 2 "fmt with a wrong option" "$bt" fmt --nonsense
printf '1+1\n// => 2\n' >s.btscript
expect 0 "fmt of a script that is named" env BEAMTALK_COMPILER=port "$bt" fmt s.btscript && [ "$(head -1 s.btscript)" = "1 + 1" ] || fail "formatted script"
cd "$root"

exit $failed
