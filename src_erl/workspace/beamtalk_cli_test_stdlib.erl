%%% @doc `beamtalk test-stdlib', also `test-script': expression scripts.
-module(beamtalk_cli_test_stdlib).
-behaviour(beamtalk_cli).

-export([run/1, usage/0, help/0]).

-spec usage() -> {string(), string()}.
usage() ->
    {"[PATH ...]", "run expression scripts (.btscript, .bt)"}.

-spec help() -> string().
help() ->
    "PATH is a script or a directory, 'bootstrap-test' by default.\n\n  " ++ beamtalk_test_options:usage().

-spec run([binary()]) -> beamtalk_cli:exit_code().
run(Arguments) ->
    {Options, Paths} = beamtalk_test_options:parse(<<"bootstrap-test">>, Arguments),
    case collect(Paths, []) of
        {ok, []} ->
            beamtalk_test_console:none_found(Paths, at_once, Options);
        {ok, Files} ->
            ok = beamtalk_cli:boot(tests),
            ok = beamtalk_test_console:heading(io_lib:format("Compiling ~b test file(s)...~n", [length(Files)]), Options),
            Suites = [suite(File, Options) || File <- Files],
            Wanted = [Suite || #{name := Name} = Suite <- Suites, beamtalk_test_run:wanted(Name, Options)],
            beamtalk_test_console:run(beamtalk_test_run:ordered(Wanted, "", Options), at_once, Options);
        {error, Text} ->
            beamtalk_cli:problem("~ts", [Text]),
            1
    end.

collect([], Files) ->
    {ok, lists:append(lists:reverse(Files))};
collect([Path | Rest], Files) ->
    case {filelib:is_dir(Path), filelib:is_regular(Path)} of
        {true, _} ->
            Names = lists:sort(filelib:wildcard("**/*.{bt,btscript}", Path)),
            collect(Rest, [[filename:join(Path, Name) || Name <- Names] | Files]);
        {_, true} ->
            collect(Rest, [[Path] | Files]);
        _ ->
            {error, ["Test path '", Path, "' not found"]}
    end.

suite(File, #{timeout := Limit}) ->
    Name = unicode:characters_to_binary(filename:rootname(filename:basename(File))),
    Run = fun() ->
        ok = warn_missing(File),
        [beamtalk_expression_tests:run_file(File, Limit)]
    end,
    #{name => Name, file => unicode:characters_to_binary(File), run => Run}.

warn_missing(File) ->
    case beamtalk_script:read(File) of
        {ok, #{unexpected := [_ | _] = Lines}} ->
            Mark = [16#26A0, 16#FE0F],
            Texts = [
                io_lib:format("~ts  ~ts: Line ~b: Expression will not be executed (missing // => assertion): ~ts", [Mark, File, Line, Source])
             || {Line, Source} <- Lines
            ],
            Count = io_lib:format("~ts has ~b expression(s) without assertions", [File, length(Lines)]),
            beamtalk_test_console:problems(Texts ++ [Count]);
        _ ->
            ok
    end.
