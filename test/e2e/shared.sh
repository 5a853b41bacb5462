# What the scripts here share: sourced by them. `$work' is theirs and goes with them; commands leave their output in `$work/out' and `$work/err'.
root=$(cd "$(dirname "$0")/../.." && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
bt=$root/beamtalk

fail() {
    echo "FAIL $1"
    sed 's/^/  out: /' "$work/out" | cut -c1-300 | head -40
    sed 's/^/  err: /' "$work/err" | cut -c1-300 | head -40
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

# has out|err TEXT: the text is in what was written last; lacks out|err TEXT: it is not
has() { grep -qF -- "$2" "$work/$1" || fail "no '$2' in $1"; }
lacks() { ! grep -qF -- "$2" "$work/$1" || fail "'$2' in $1"; }
