%%% @doc `beamtalk test-stdlib', also `test-script': expression scripts.
-module(beamtalk_cli_test_stdlib).
-behaviour(beamtalk_cli).

-export([run/1, usage/0]).

-define(FLAGS, #{<<"-q">> => flag, <<"--quiet">> => flag, <<"--no-warnings">> => flag, <<"--show-output">> => flag}).

-spec usage() -> {string(), string()}.
usage() ->
    {"[PATH] [--quiet]", "run expression scripts (.btscript, .bt)"}.

-spec run([binary()]) -> beamtalk_cli:exit_code().
run(Arguments) ->
    {Flags, Rest} = beamtalk_cli:options(Arguments, ?FLAGS),
    Quiet = is_map_key(<<"-q">>, Flags) orelse is_map_key(<<"--quiet">>, Flags),
    case Rest of
        [] -> scripts("bootstrap-test", Quiet);
        [Path] -> scripts(binary_to_list(Path), Quiet);
        _ -> beamtalk_cli:usage_error("beamtalk: test-stdlib takes one path")
    end.

scripts(Path, Quiet) ->
    case {filelib:is_dir(Path), filelib:is_regular(Path)} of
        {true, _} -> run_files(Path, lists:sort(filelib:wildcard("**/*.{bt,btscript}", Path)), Quiet);
        {_, true} -> run_files(filename:dirname(Path), [filename:basename(Path)], Quiet);
        _ ->
            beamtalk_cli:problem("Test path '~ts' not found", [Path]),
            1
    end.

run_files(Dir, [], _) ->
    beamtalk_cli:out("No test files found in '~ts'~n", [Dir]),
    0;
run_files(Dir, Names, Quiet) ->
    ok = beamtalk_cli:boot(tests),
    _ = Quiet orelse beamtalk_cli:out("Compiling ~b test file(s)...~n", [length(Names)]),
    Reports = [run_file(filename:join(Dir, Name), Quiet) || Name <- Names],
    beamtalk_cli:out(beamtalk_test_report:summary(Reports, length(Names), none)),
    beamtalk_test_report:exit_code(Reports).

run_file(File, Quiet) ->
    ok = warn_missing(File),
    Report = beamtalk_expression_tests:run_file(File),
    _ = Quiet andalso beamtalk_test_report:exit_code([Report]) =:= 0 orelse beamtalk_cli:out(beamtalk_test_report:line(Report)),
    beamtalk_cli:out(beamtalk_test_report:failures(Report)),
    Report.

warn_missing(File) ->
    {ok, Text} = file:read_file(File),
    case beamtalk_script:parse(Text) of
        #{unexpected := []} ->
            ok;
        #{unexpected := Lines} ->
            _ = [
                beamtalk_cli:problem(
                    "~ts  ~ts: Line ~b: Expression will not be executed (missing // => assertion): ~ts",
                    [[16#26A0, 16#FE0F], File, Line, Source]
                )
             || {Line, Source} <- Lines
            ],
            beamtalk_cli:problem("~ts has ~b expression(s) without assertions", [File, length(Lines)])
    end.
