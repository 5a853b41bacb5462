#!/bin/sh
# The launcher and its commands from the outside: output, standard error, exit codes.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
bt=$root/beamtalk

fail() {
    echo "FAIL $1"
    sed 's/^/  out: /' "$work/out"
    sed 's/^/  err: /' "$work/err"
    failed=1
}

# expect CODE NAME COMMAND ...: runs the command, checks the exit code
expect() {
    code=$1
    name=$2
    shift 2
    "$@" >"$work/out" 2>"$work/err" </dev/null
    got=$?
    if [ "$got" -ne "$code" ]; then
        fail "$name: exit code $got instead of $code"
        return 1
    fi
    echo "ok   $name"
}

# has out|err TEXT: the text is in what was written last
has() { grep -qF -- "$2" "$work/$1" || fail "no '$2' in $1"; }
# is TEXT: standard output is exactly that
is() { [ "$(cat "$work/out")" = "$1" ] || fail "output is not '$1'"; }

expect 0 "eval prints the value" "$bt" eval '1 + 2' && is 3
expect 0 "eval prints output before the value" "$bt" eval 'Transcript show: "hi"; cr. 7' && is "hi
7"
expect 0 "eval takes any text" "$bt" eval '"grün " ++ "ö"' && is "grün ö"
expect 1 "eval reports a run-time error" "$bt" eval '3 foo' && has err "Integer does not understand 'foo'" && has err "Hint: "
expect 1 "eval reports a compile error" "$bt" eval '3 +' && has err "expected expression"
expect 1 "eval keeps a time limit" "$bt" eval --timeout 200 '[true] whileTrue: []' && has err "time limit"
expect 2 "eval without expression" "$bt" eval
expect 2 "no command" "$bt"
expect 2 "unknown command" "$bt" nonsense && has err "unknown command 'nonsense'"
expect 2 "unknown option" "$bt" check --nonsense
expect 0 "help" "$bt" --help && has out "eval EXPR"
expect 0 "help of a command" "$bt" run --help && has out "beamtalk run"
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
expect 1 "check of a bad file" "$bt" check bad.bt && has err "bad.bt:" && has err "error here" && has err "Failed to compile 'bad.bt'"
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

exit $failed
