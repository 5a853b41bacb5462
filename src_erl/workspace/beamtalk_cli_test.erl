%%% @doc `beamtalk test': test classes and documentation tests.
-module(beamtalk_cli_test).
-behaviour(beamtalk_cli).

-export([run/1, usage/0, help/0]).

-spec usage() -> {string(), string()}.
usage() ->
    {"[PATH ...]", "run the test classes of files and directories"}.

-spec help() -> string().
help() ->
    "PATH is a .bt file or a directory, 'test' by default. Classes below 'fixtures' are loaded first.\n\n  " ++
        beamtalk_test_options:usage().

-spec run([binary()]) -> beamtalk_cli:exit_code().
run(Arguments) ->
    {Options, Paths} = beamtalk_test_options:parse(<<"test">>, Arguments),
    case {beamtalk_unit_tests:collect(Paths), beamtalk_manifest:read(".")} of
        {_, {error, Text}} when Text =/= none ->
            beamtalk_cli:problem("~ts", [Text]),
            1;
        {{ok, #{files := []}}, _} ->
            beamtalk_test_console:none_found(Paths, gathered, Options);
        {{ok, Plan}, Manifest} ->
            ok = beamtalk_cli:boot(tests),
            package(Manifest, Plan, Options);
        {{error, Text}, _} ->
            beamtalk_cli:problem("~ts", [Text]),
            1
    end.

package({ok, #{name := Name}}, Plan, Options) ->
    ok = beamtalk_test_console:heading(["Building package '", Name, "'...\n"], Options),
    case beamtalk_package:load(".", beamtalk_unit_tests:build_options()) of
        {ok, _, _} ->
            run_plan(Plan, Options);
        {error, Problems} ->
            ok = beamtalk_test_console:problems([beamtalk_failure:file_text(Problem) || Problem <- Problems]),
            1
    end;
package({error, none}, Plan, Options) ->
    run_plan(Plan, Options).

run_plan(#{files := Files} = Plan, Options) ->
    Heading = io_lib:format("Compiling ~b test file(s)...~nRunning tests...~n~n", [length(Files)]),
    ok = beamtalk_test_console:heading(Heading, Options),
    case beamtalk_unit_tests:load(Plan, Options) of
        {ok, #{suites := Suites, warnings := Warnings, notes := Notes}} ->
            ok = beamtalk_test_console:warned(Warnings, Notes, Options),
            beamtalk_test_console:run(Suites, gathered, Options);
        {error, Texts} ->
            ok = beamtalk_test_console:problems(Texts),
            1
    end.
