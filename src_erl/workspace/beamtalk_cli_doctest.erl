%%% @doc `beamtalk doctest': the examples in documentation comments.
-module(beamtalk_cli_doctest).
-behaviour(beamtalk_cli).

-export([run/1, usage/0, help/0]).

-spec usage() -> {string(), string()}.
usage() ->
    {"[PATH ...]", "run the examples in documentation comments"}.

-spec help() -> string().
help() ->
    "PATH is a .bt file or a directory, 'src' by default.\n\n  " ++ beamtalk_test_options:usage().

-spec run([binary()]) -> beamtalk_cli:exit_code().
run(Arguments) ->
    {Options, Paths} = beamtalk_test_options:parse(<<"src">>, Arguments),
    case collect(Paths, []) of
        {ok, []} ->
            beamtalk_test_console:none_found(Paths, at_once, Options);
        {ok, Files} ->
            ok = beamtalk_cli:boot(tests),
            needed(beamtalk_package:load_needed(".", beamtalk_unit_tests:build_options()), Files, Options);
        {error, Text} ->
            beamtalk_cli:problem("~ts", [Text]),
            1
    end.

collect([], Files) ->
    {ok, lists:append(lists:reverse(Files))};
collect([Path | Rest], Files) ->
    case {filelib:is_dir(Path), filelib:is_regular(Path), filename:extension(Path)} of
        {true, _, _} -> collect(Rest, [beamtalk_source_loader:sources_below(Path) | Files]);
        {_, true, ".bt"} -> collect(Rest, [[Path] | Files]);
        {_, true, _} -> {error, ["File '", Path, "' is not a .bt source file"]};
        _ -> {error, ["Path '", Path, "' does not exist"]}
    end.

needed(ok, Files, Options) ->
    run_files(Files, Options);
needed({error, Problems}, _, _) ->
    ok = beamtalk_test_console:problems([beamtalk_failure:file_text(Problem) || Problem <- Problems]),
    1.

run_files(Files, Options) ->
    Read = [{File, beamtalk_source_loader:read(File, #{})} || File <- Files],
    %% Classes of the library are there already.
    Own = [File || {File, {ok, #{options := Own}}} <- Read, not maps:get(stdlib_mode, Own, false)],
    #{failed := Failed} = beamtalk_source_loader:files(Own, #{core_options => beamtalk_unit_tests:code_options()}),
    Unreadable = [{File, Failure} || {File, {error, Failure}} <- Read],
    Broken = maps:from_list(Failed ++ Unreadable),
    Suites = [suite(One, Broken, Options) || One <- Read],
    beamtalk_test_console:run(beamtalk_test_run:ordered(Suites, "", Options), at_once, Options).

suite({File, Read}, Broken, Options) ->
    Name = unicode:characters_to_binary(filename:basename(File, ".bt")),
    Path = unicode:characters_to_binary(File),
    Run =
        case {Broken, Read} of
            {#{File := Failure}, _} ->
                fun() -> [beamtalk_test_report:broken(Name, Path, Failure)] end;
            {_, {ok, Unit}} ->
                fun() -> beamtalk_doc_tests:run(Unit, Path, Options) end
        end,
    #{name => Name, file => Path, run => Run}.
