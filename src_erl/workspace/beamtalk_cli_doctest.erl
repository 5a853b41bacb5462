%%% @doc `beamtalk doctest': the examples in documentation comments.
-module(beamtalk_cli_doctest).
-behaviour(beamtalk_cli).

-export([run/1, usage/0]).

-spec usage() -> {string(), string()}.
usage() ->
    {"[PATH]", "run the examples in documentation comments"}.

-spec run([binary()]) -> beamtalk_cli:exit_code().
run(Arguments) ->
    case beamtalk_cli:options(Arguments, #{<<"-q">> => flag, <<"--quiet">> => flag}) of
        {_, []} -> doctest("src");
        {_, [Path]} -> doctest(binary_to_list(Path));
        _ -> beamtalk_cli:usage_error("beamtalk: doctest takes one path")
    end.

doctest(Path) ->
    case {filelib:is_dir(Path), filelib:is_regular(Path)} of
        {true, _} -> run_files(beamtalk_source_loader:sources_below(Path));
        {_, true} -> run_files([Path]);
        _ ->
            beamtalk_cli:problem("Path '~ts' does not exist", [Path]),
            1
    end.

run_files(Files) ->
    ok = beamtalk_cli:boot(tests),
    Read = [{File, beamtalk_source_loader:read(File, #{})} || File <- Files],
    %% Classes of the library are there already.
    Own = [File || {File, {ok, #{options := Options}}} <- Read, not maps:get(stdlib_mode, Options, false)],
    #{failed := Failed} = beamtalk_source_loader:files(Own, #{}),
    _ = [beamtalk_cli:problem("~ts: ~ts", [File, beamtalk_failure:located_text(Failure)]) || {File, Failure} <- Failed],
    Reports = [run_class(Class, Unit) || {_, {ok, Unit}} <- Read, Class <- beamtalk_doc_tests:classes(Unit)],
    beamtalk_cli:out(beamtalk_test_report:summary(Reports, length(Files), none)),
    case Failed of
        [] -> beamtalk_test_report:exit_code(Reports);
        _ -> 1
    end.

run_class(Class, #{path := Path}) ->
    Report = beamtalk_doc_tests:run_class(Class, Path),
    beamtalk_cli:out(beamtalk_test_report:line(Report)),
    beamtalk_cli:out(beamtalk_test_report:failures(Report)),
    Report.
