#!/bin/sh
# The test commands from the outside: what a user types, reads and gets back as exit code.
set -u
. "$(dirname "$0")/shared.sh"
cd "$work" || exit 1

# tells CODE NAME ARGUMENT ...: what beamtalk answers to these arguments, within a minute
tells() {
    code=$1
    name=$2
    shift 2
    expect "$code" "$name" timeout 60 "$bt" "$@"
}

# json EXPRESSION VALUE: the document in standard output, read by the library's own JSON, as `run'
json() {
    cp "$work/out" document.json
    got=$("$bt" eval "run := JSON parse: (File readAll: \"document.json\"). $1" 2>&1)
    [ "$got" = "$2" ] || fail "$1 is '$got' instead of '$2'"
}

mkdir -p test/fixtures
cat >test/fixtures/Account.bt <<'B'
Object subclass: Account
  state: balance = 0
  deposit: n => self.balance := self.balance + n
  balance => self.balance
B
cat >test/account_test.bt <<'B'
/// Money in, money out.
///
/// ```beamtalk
/// Account new balance   // => 0
/// ```
TestCase subclass: AccountTest
  state: account = nil
  setUp => self.account := Account new
  testNew => self assert: self.account balance equals: 0
  testOther =>
    Transcript show: "seen"; cr
    self deny: false
B
cat >test/wrong_test.bt <<'B'
TestCase subclass: WrongTest
  testWrong =>
    Transcript show: "looked at 1"; cr
    self
      assert: 1 equals: 2
  testRight => self assert: true
B

# What the specification says word by word.
tells 0 "a file whose tests pass" test test/account_test.bt
cat >"$work/wanted" <<'T'
Compiling 1 test file(s)...
Running tests...

  AccountTest: 2 tests, 2 passed ✓
  AccountTestDocTest: 1 tests, 1 passed ✓

T
head -6 out | cmp -s - wanted || fail "the lines of a run"
tail -1 out | grep -q '^1 file(s), 3 tests, 3 passed, 0 failed ([0-9.]*s)$' || fail "the summary"
[ ! -s err ] || fail "something on standard error"
tells 1 "the directory test without a path" test &&
    has out "  WrongTest: 2 tests, 1 passed, 1 failed ✗" && has err "FAIL WrongTest (test/wrong_test.bt):" &&
    has err "  testWrong  [WrongTest (test/wrong_test.bt:" && has err "    Expected 2, got 1" && has err "1 test(s) failed" &&
    has err "  | looked at 1" && lacks err "seen" && lacks out "seen" &&
    grep -q '^2 file(s), 5 tests, 4 passed, 1 failed ([0-9.]*s)$' err || fail "the summary of failures"
tells 0 "two paths, one of them twice" test test/account_test.bt test/account_test.bt ./test/account_test.bt && has out "1 file(s), 3 tests"
tells 0 "output of passing tests on demand" test test/account_test.bt --show-output && has out "    | seen"
tells 1 "quiet: only what failed" test -q && lacks out "AccountTest" && lacks out "Running" && has out "WrongTest: 2 tests"
mkdir test/more
printf 'TestCase subclass: MoreTest\n  testAccount => self assert: Account new balance equals: 0\n' >test/more/more_test.bt
tells 0 "a part of the tests with the fixtures of the whole" test test/more && has out "MoreTest: 1 tests, 1 passed"
tells 0 "one file of it" test "$work/test/more/more_test.bt" && has out "MoreTest: 1 tests, 1 passed"
rm -r test/more
printf 'TestCase subclass: SharedTest\n  testShared => self assert: true\n' >test/fixtures/shared_test.bt
tells 0 "a fixture that is named runs" test test/fixtures/shared_test.bt && has out "SharedTest: 1 tests, 1 passed"
tells 0 "beside the tests it is one of" test test/account_test.bt test/fixtures/shared_test.bt && has out "2 file(s), 4 tests, 4 passed"
rm test/fixtures/shared_test.bt
mkdir -p fixtures/test
cp test/account_test.bt fixtures/test/ && mkdir fixtures/test/fixtures && cp test/fixtures/Account.bt fixtures/test/fixtures/
tells 0 "below a directory that happens to be called fixtures" test fixtures/test && has out "AccountTest: 2 tests, 2 passed"
rm -r fixtures

# Choice, order, side by side.
tells 0 "a filter on the method" test --filter testRight && has out "WrongTest: 1 tests, 1 passed" && has out "2 file(s), 1 tests"
tells 1 "a filter that nothing passes" test --filter nothing && has err "No test matches 'nothing'"
tells 1 "a seed is printed" test --seed 11 && has err "Seed: 11"
tells 0 "a random one too" test --seed random test/account_test.bt && grep -q '^Seed: [0-9]*$' out || fail "no seed"
tells 1 "files side by side" test -j 2 && has err "2 file(s), 5 tests, 4 passed, 1 failed"
mkdir loops
printf 'TestCase subclass: LoopTest\n  testLoop => [true] whileTrue: [Erlang timer sleep: 5]\n' >loops/loop_test.bt
tells 1 "a time limit" test loops --timeout 300 && has err "The test did not end within 300 ms and was stopped" &&
    has err "testLoop  [LoopTest (loops/loop_test.bt:2)]"

# Documents.
tells 1 "JSON" test --format json && json 'run at: "total"' 5 && json 'run at: "failed"' 1 &&
    json '((run at: "classes") at: 3) at: "class"' WrongTest &&
    json '(((run at: "classes") at: 3) at: "tests") first at: "error"' "Expected 2, got 1" &&
    json '((((run at: "classes") at: 3) at: "tests") first at: "line") between: 4 and: 5' true
tells 0 "JSON of a run without failures" test --format json --filter testRight && json 'run at: "failed"' 0
tells 1 "TAP" test --format tap && has out "TAP version 13" && has out "1..5" && has out "not ok 4 - WrongTest>>testWrong" &&
    has out "ok 5 - WrongTest>>testRight"
tells 1 "JUnit" test --format junit &&
    erl -noshell -eval '
        {ok, Text} = file:read_file("out"),
        {Root, []} = xmerl_scan:string(binary_to_list(Text)),
        {xmlObj, string, "WrongTest"} = xmerl_xpath:string("string(//testcase[failure]/@classname)", Root),
        {xmlObj, number, 5} = xmerl_xpath:string("count(//testcase)", Root),
        halt(0).' >/dev/null 2>&1 || fail "no valid JUnit document"
mkdir nothing
tells 0 "an empty document for nothing" test --format json nothing && json 'run at: "total"' 0

# Progress is for who can see it.
if command -v script >/dev/null && script --version >/dev/null 2>&1; then
    TERM=xterm script -qec "'$bt' test test/account_test.bt" /dev/null >"$work/out" 2>"$work/err" </dev/null
    has out "[1/1] AccountTest"
    echo "ok   progress on a terminal"
fi
tells 0 "none elsewhere" test test/account_test.bt && lacks err "[1/1]" && lacks out "[1/1]"

# Wrong usage.
tells 2 "an unknown flag" test --nonsense && has err "unknown option --nonsense"
tells 2 "an unknown format" test --format xml && has err "unknown format 'xml' (text, json, tap or junit)"
tells 2 "a number that is none" test -j many && has err "-j takes a number from 1 to 256, not 'many'"
tells 2 "a flag without its value" test --filter && has err "--filter needs a value"
tells 1 "a path that is not there" test nowhere && has err "Test path 'nowhere' not found"
tells 0 "a directory without files" test nothing && has out "No test files found in 'nothing'"
echo text >notes.txt
tells 1 "a file of another kind" test notes.txt && has err "File 'notes.txt' is not a .bt source file"
echo 1 >notes.btscript
tells 1 "a script given to test" test notes.btscript && has err 'run it with `beamtalk test-script'
tells 0 "help of a command" test --help && has out "--filter TEXT" && has out "Exit code"
tells 0 "help of another" test-script --help && has out "--seed N|random"
tells 0 "help about a command" help doctest && has out "beamtalk doctest [PATH ...]" && has out "--format FORMAT"
tells 2 "help about none" help nonsense && has err "unknown command 'nonsense'"
tells 0 "help" help && has out "doctest [PATH ...]"

# Files that are no good.
mkdir bad
printf 'TestCase subclass: NoneTest\n  helper => 3\n' >bad/none_test.bt
tells 0 "a file without tests" test bad && has out "No tests found" && has err "'bad/none_test.bt' holds no tests"
printf 'TestCase subclass: BrokenTest\n  testA => (1 +\n' >bad/broken_test.bt
printf 'TestCase subclass: FineTest\n  testFine => self assert: true\n' >bad/fine_test.bt
printf 'TestCase subclass: FineTest\n  testOther => self assert: true\n' >bad/same_test.bt
tells 1 "the others still run" test bad && has out "FineTest: 1 tests, 1 passed" && has err "broken_test  [bad/broken_test.bt:2]" && has err "   2 |   testA => (1 +" && has err "error here" &&
    has err "Class 'FineTest' is also defined in 'bad/fine_test.bt'"

# Tests that would end the node.
mkdir ends
cat >ends/ends_test.bt <<'B'
TestCase subclass: EndsTest
  testHalt => Erlang erlang halt: 0
  testStop => Erlang init stop
  testFine => self assert: true
B
tells 1 "calls that end the node are refused" test ends && has out "EndsTest: 3 tests, 1 passed, 2 failed" &&
    has err "Erlang erlang halt would end the node" && has err "EndsTest (ends/ends_test.bt:3)"
cat >ends/ends_test.bt <<'B'
TestCase subclass: EndsTest
  testHidden =>
    node := Erlang init
    node stop
    Erlang timer sleep: 20000
B
tells 1 "and told of where one gets through" test ends && has err "a test stopped the node that runs the tests; running: EndsTest>>testHidden"

# Packages.
mkdir -p package/src package/test
printf '[package]\nname = "shop"\nversion = "0.1.0"\n' >package/beamtalk.toml
printf 'Object subclass: Till\n  open => #open\n' >package/src/till.bt
printf 'TestCase subclass: TillTest\n  testOpen => self assert: Till new open equals: #open\n' >package/test/till_test.bt
cd package || exit 1
tells 0 "a package is built first" test && has out "Building package 'shop'..." && has out "TillTest: 1 tests, 1 passed"
tells 0 "and not told of in a document" test --format tap && [ "$(head -1 "$work/out")" = "TAP version 13" ] || fail "the first line of TAP"
cd "$work" || exit 1

# Scripts.
printf 'x := 20\n// => 20\nx + 1\n// => 21\n' >right.btscript
printf 'Erlang io put_chars: "written"\n// => ok\n1 + 1\n// => 3\n' >wrong.btscript
tells 0 "a script" test-script right.btscript && has out "  right: 2 tests, 2 passed ✓" && has out "1 file(s), 2 tests, 2 passed, 0 failed"
tells 1 "scripts, one of them wrong" test-script right.btscript wrong.btscript && has out 'FAIL wrong.btscript:3 `1 + 1`' &&
    has out "  expected: 3" && has out "  got:      2" && lacks out "written"
tells 1 "scripts as JSON" test-script wrong.btscript --format json &&
    json '((((run at: "classes") first) at: "tests") at: 2) at: "error"' 'expected: 3
got:      2'
tells 0 "scripts by name" test-script right.btscript wrong.btscript --filter right && has out "1 file(s), 2 tests"
printf '[true] whileTrue: []\n// => nil\n1 + 1\n// => 2\n' >slow.btscript
tells 1 "a script that loops" test-script slow.btscript --timeout 500 && has out "The time limit was reached"
printf 'Erlang erlang halt: 0\n// => nil\n' >halts.btscript
tells 1 "a script that halts" test-script halts.btscript && has out "would end the node that runs the tests"

# Examples.
cat >shelf.bt <<'B'
/// A shelf.
///
/// ```beamtalk
/// shelf := Shelf new
/// shelf count     // => 0
/// shelf count + 1 // => 2
/// ```
Object subclass: Shelf
  count => 0
B
tells 1 "examples" doctest shelf.bt && has out "ShelfDocTest: 2 tests, 1 passed, 1 failed" && has out 'FAIL shelf.bt:6 `shelf count + 1`'
tells 1 "examples as TAP" doctest shelf.bt --format tap && has out "ok 1 - ShelfDocTest>>shelf count" && has out "not ok 2"
tells 1 "examples of nothing" doctest nowhere && has err "Path 'nowhere' does not exist"

# What docs/testing.md shows: its classes in the files it names, and the very lines a user gets.
mkdir -p shown/test/fixtures
awk '/^```beamtalk$/ { block++; on = block == 1; next } /^```/ { on = 0 } on' "$root/docs/testing.md" >shown/test/fixtures/Account.bt
awk '/^```beamtalk$/ { block++; on = block == 2; next } /^```/ { on = 0 } on' "$root/docs/testing.md" >shown/test/account_test.bt
awk '/^\$ beamtalk test$/ { on = 1; next } /^```/ { on = 0 } on' "$root/docs/testing.md" >"$work/wanted"
cd shown || exit 1
tells 1 "the example of the documentation" test
cat "$work/out" "$work/err" | sed "s/([0-9.][0-9.]*s)/(0.0s)/" >"$work/got"; diff "$work/got" "$work/wanted" || fail "the documentation shows something else"
awk '/^## Scripts$/ { here = 1 } /^```$/ { if (here) on = !on; if (!on) here = 0; next } on' "$root/docs/testing.md" >shown.btscript
tells 0 "the script of the documentation" test-script shown.btscript && has out "  shown: 4 tests, 4 passed ✓"
cd "$work" || exit 1
mkdir -p readme/test
awk '/^## Test a program$/ { here = 1 } /^```beamtalk$/ { on = here; next } /^```/ { on = 0; if (here) here = 0 } on' "$root/README.md" >readme/test/sum_test.bt
cd readme || exit 1
tells 0 "the example of the README" test && has out "  SumTest: 2 tests, 2 passed ✓"
cd "$work" || exit 1

exit $failed
