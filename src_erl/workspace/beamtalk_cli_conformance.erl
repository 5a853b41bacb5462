%%% @doc `beamtalk conformance': end-to-end cases in one session.
-module(beamtalk_cli_conformance).
-behaviour(beamtalk_cli).

-export([run/1, usage/0]).

-spec usage() -> {string(), string()}.
usage() ->
    {"PATH [--quiet] [--engine ENGINE]", "run end-to-end cases in one session"}.

-spec run([binary()]) -> beamtalk_cli:exit_code().
run(Arguments) ->
    {Flags, Rest} = beamtalk_cli:options(Arguments, #{<<"-q">> => flag, <<"--quiet">> => flag, <<"--engine">> => value}),
    case Rest of
        [Path] ->
            ok = engine(Flags),
            Quiet = is_map_key(<<"-q">>, Flags) orelse is_map_key(<<"--quiet">>, Flags),
            cases(beamtalk_conformance:files(unicode:characters_to_list(Path)), Path, Quiet);
        _ -> beamtalk_cli:usage_error("beamtalk: conformance takes one path")
    end.

engine(#{<<"--engine">> := Name}) -> beamtalk_cli:engine(Name);
engine(_) -> ok.

cases({error, Text}, _, _) ->
    beamtalk_cli:problem("~ts", [Text]),
    1;
cases({ok, []}, Path, _) ->
    beamtalk_cli:out("No test files found in '~ts'~n", [Path]),
    0;
cases({ok, Files}, _, Quiet) ->
    ok = beamtalk_cli:boot(workspace),
    Reports = beamtalk_conformance:run(Files, fun(Report) -> tell(Report, Quiet) end),
    beamtalk_cli:out(beamtalk_test_report:summary(Reports, length(Files), none)),
    beamtalk_test_report:exit_code(Reports).

tell(#{failures := []}, true) ->
    ok;
tell(Report, _) ->
    beamtalk_cli:out([beamtalk_test_report:line(Report), beamtalk_test_report:failures(Report)]).
