#!/usr/bin/env bash
# In iex: documentation, an uncaught error that names the line of the source, and a shell that lives on with its variables.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/IexLedger.bt" <<'END'
Object subclass: IexLedger
  /// Counts one more than what comes.
  add: x =>
    y := 1
    x + y
END
cat > "$work/input.exs" <<END
{:ok, _} = Application.ensure_all_started(:beamtalk)
{:ok, _} = :beamtalk.load_file("$work/IexLedger.bt")
kept = 40 + 2
:beamtalk.call(:beamtalk.new(:IexLedger), :"add:", [:nope])
IO.puts("kept: #{kept}")
:beamtalk.call(3, :zork, [])
IO.puts("still kept: #{kept}")
require IEx.Helpers
IEx.Helpers.h(:"bt@stdlib@association")
IEx.Helpers.h(:"bt@stdlib@association".key)
:beamtalk.help(:IexLedger, :"add:")
END

output=$(iex -pa _build/default/lib/beamtalk/ebin < "$work/input.exs" 2>&1) || { printf '%s\n' "$output"; exit 1; }
expect() {
    grep -qF -- "$1" <<<"$output" || { printf '%s\niex: expected: %s\n' "$output" "$1" >&2; exit 1; }
}
expect 'RuntimeError: badarith'
expect 'IexLedger.bt:5: :bt@iex_ledger."add:"'
expect 'kept: 42'
expect 'Integer does not understand'
expect 'still kept: 42'
expect 'I pair a key with a value'
expect 'Answers the key.'
# Loaded from its source: no file for h/1 to look into.
expect 'IexLedger >> add:'
expect 'Counts one more than what comes.'
echo "iex: documentation, places and survival are as expected"
