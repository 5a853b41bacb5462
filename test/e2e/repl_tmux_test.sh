#!/bin/sh
# The prompt in a terminal: editing, history, interrupts, errors, redefinition while an actor lives. Needs tmux.
# repl_tmux_test.sh [ENGINE]: with that engine, or with both.
set -u
if [ $# -eq 0 ]; then
    "$0" beam && "$0" evaluator
    exit
fi
engine=$1
root=$(cd "$(dirname "$0")/../.." && pwd -P)
if ! command -v tmux >/dev/null 2>&1; then
    echo "skip repl in a terminal: tmux is not installed"
    exit 0
fi
socket=beamtalk_test_$$
home=$(mktemp -d)
tm() { tmux -L "$socket" "$@"; }
trap 'tm kill-server 2>/dev/null; rm -rf "$home"' EXIT
failed=0

# The same size everywhere, a history of its own, no colours.
tm -f /dev/null new-session -d -s repl -x 110 -y 90 \
    "cd '$home' && HOME='$home' NO_COLOR=1 BEAMTALK_EBIN='${BEAMTALK_EBIN:-}' '$root/beamtalk' repl --engine=$engine; echo ended with \$?; sleep 60"

screen() { tm capture-pane -t repl -p; }

# wait_line TEXT NAME [N]: until N lines of the screen (one) are exactly TEXT
wait_line() {
    tries=0
    until [ "$(screen | sed 's/ *$//' | grep -cxF -- "$1")" -ge "${3:-1}" ]; do
        tries=$((tries + 1))
        if [ $tries -gt 100 ]; then
            echo "FAIL $engine: $2: no line '$1' in"
            screen | grep -v '^ *$' | sed 's/^/  | /'
            failed=1
            return 1
        fi
        sleep 0.1
    done
    echo "ok   $engine: $2"
}

keys() {
    for key in "$@"; do
        tm send-keys -t repl "$key"
        sleep 0.1
    done
}
type_line() {
    tm send-keys -t repl -l "$1"
    sleep 0.1
    keys Enter
}


wait_line 'Type :help for available commands, :exit to quit.' 'the prompt starts'
type_line '3 + 4'
wait_line '7' 'typing'
type_line 'name := "Ada"'
wait_line 'Ada' 'a variable'

keys Up Up
keys End
tm send-keys -t repl -l '0'
keys Enter
wait_line '43' 'history and editing: 3 + 40'

tm send-keys -t repl -l 'name sizx'
keys BSpace
tm send-keys -t repl -l 'e ++ 1'
keys BSpace BSpace BSpace BSpace BSpace Enter
wait_line '3' 'deleting characters'

type_line '[true] whileTrue: []'
sleep 0.5
keys C-c
wait_line 'Interrupted' 'Ctrl-C ends an evaluation'
type_line 'name ++ "!"'
wait_line 'Ada!' 'variables outlive the interrupt'

# Wherever the program is: in a call of Erlang, in a block that Erlang calls, below a handler.
seen=1
for endless in 'Erlang timer sleep: 600000' 'Erlang lists map: [:e | [true] whileTrue: []] with: #(1)' '[[true] whileTrue: []] on: Error do: [:e | 1]'; do
    type_line "name := 1. $endless"
    sleep 0.5
    keys C-c
    seen=$((seen + 1))
    wait_line 'Interrupted' "Ctrl-C ends $endless" $seen
    type_line "name ++ \"$seen\""
    wait_line "Ada$seen" 'and the variable is what it was'
done

tm send-keys -t repl -l 'name isEmp'
keys Tab
sleep 0.3
keys Enter
wait_line 'false' 'completion of a selector'

type_line '1 foo'
wait_line "Error: RuntimeError: Integer does not understand 'foo'" 'an error is shown'
type_line '_error kind'
wait_line 'does_not_understand' 'an error does not end the session'

type_line 'Actor subclass: Lamp'
keys Enter
type_line 'lamp := Lamp spawn'
type_line 'Lamp >> glow => 1111'
wait_line 'Lamp>>glow (1 actor updated)' 'a method is added'
type_line 'lamp glow'
wait_line '1111' 'a live actor understands it'
type_line 'Lamp >> glow => 2222'
sleep 0.3
type_line 'lamp glow'
wait_line '2222' 'a live actor uses the new method'

type_line '#(1,'
wait_line '..>' 'an incomplete input goes on'
keys C-c
wait_line 'Cancelled' 'Ctrl-C forgets what was gathered'

type_line ':bindings'
wait_line '  name = Ada' 'commands'
keys C-d
wait_line 'Goodbye!' 'Ctrl-D ends the session'
wait_line 'ended with 0' 'the exit code is 0'

exit $failed
