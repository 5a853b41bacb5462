%%% @doc `beamtalk fmt-check': which files `fmt' would change, and how.
-module(beamtalk_cli_fmt_check).
-behaviour(beamtalk_cli).

-export([run/1, usage/0]).

-spec usage() -> {string(), string()}.
usage() ->
    {"[PATH ...]", "show what fmt would change; exit code 1 if anything"}.

-spec run([binary()]) -> beamtalk_cli:exit_code().
run(Arguments) ->
    beamtalk_cli_fmt:outcomes(compare, Arguments, fun finished/1).

finished(Outcomes) ->
    Changed = [One || {_, {changed, _, _}} = One <- Outcomes],
    _ = [show(One) || One <- Changed],
    Problems = lists:sum([beamtalk_cli_fmt:problem(Outcome) || Outcome <- Outcomes]),
    case length(Changed) of
        0 ->
            min(1, Problems);
        N ->
            beamtalk_cli:problem("~b of ~b file(s) would be formatted; run `beamtalk fmt'", [N, length(Outcomes)]),
            1
    end.

show({File, {changed, Old, New}}) ->
    beamtalk_cli:out("--- ~ts~n+++ ~ts (formatted)~n", [File, File]),
    beamtalk_cli:out(beamtalk_line_diff:diff(Old, New)).
