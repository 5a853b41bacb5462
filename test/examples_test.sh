#!/bin/sh
# Runs every example and compares what it prints with its expected.txt.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# run NAME [ARG ...]
run() {
    name=$1
    shift
    if ! (cd "$work" && "$root/beamtalk" run "$root/examples/$name" "$@") >"$work/out" 2>"$work/err"; then
        echo "FAIL $name: exit code"
        cat "$work/err"
        failed=1
    elif ! diff -u "$root/examples/$name/expected.txt" "$work/out"; then
        echo "FAIL $name: output differs"
        failed=1
    else
        echo "ok   $name"
    fi
}

run tally
run counter
run bank
run numbers
run chat_room

"$root/examples/word_frequency/generate.sh" >"$work/text.txt"
size=$(wc -c <"$work/text.txt")
if [ "$size" -lt 100000 ]; then
    echo "FAIL word_frequency: the text has only $size bytes"
    failed=1
fi
# Counted once more by other means.
tr 'A-Z' 'a-z' <"$work/text.txt" | tr -cs 'a-z' '\n' | grep . | LC_ALL=C sort | uniq -c |
    LC_ALL=C sort -k1,1nr -k2,2 | head -10 >"$work/counted"
if ! diff -u "$root/examples/word_frequency/expected.txt" "$work/counted"; then
    echo "FAIL word_frequency: expected.txt is not what the text says"
    failed=1
fi
run word_frequency text.txt

exit $failed
