%%% @doc What a test command writes: lines and details as text, or one document in another format.
-module(beamtalk_test_console).

-export([run/3, none_found/3, heading/2, warned/3, problems/1]).

-type style() :: gathered | at_once.

%% @doc Runs the suites and tells about them. Failures of test classes are gathered and told on standard error in the end, those of scripts and
%% examples at once. Answers the exit code.
-spec run([beamtalk_test_run:suite()], style(), beamtalk_test_options:options()) -> beamtalk_cli:exit_code().
run(Suites, Style, #{seed := Seed, format := Format} = Options) ->
    Start = erlang:monotonic_time(microsecond),
    Reports = beamtalk_test_run:suites(Suites, Options, fun(Report) -> tell(Report, Style, Options) end),
    Files = length(Suites),
    Time = erlang:monotonic_time(microsecond) - Start,
    Totals = beamtalk_test_report:totals(Reports),
    case Format of
        text -> finished(Reports, Files, Time, Totals, Style, Options);
        _ -> beamtalk_cli:out(document(Format, Reports, #{files => Files, time => Time, seed => Seed}))
    end,
    code(Totals, Options).

%% @doc There is no file to run: said as text, or as an empty document.
-spec none_found([file:filename()], style(), beamtalk_test_options:options()) -> beamtalk_cli:exit_code().
none_found(Paths, _, #{format := text}) ->
    Quoted = [["'", Path, "'"] || Path <- Paths],
    beamtalk_cli:out(["No test files found in ", lists:join(", ", Quoted), $\n]),
    0;
none_found(_, Style, Options) ->
    ok = beamtalk_preload:own(),
    run([], Style, Options).

document(json, Reports, Summary) -> beamtalk_test_json:document(Reports, Summary);
document(tap, Reports, Summary) -> beamtalk_test_tap:document(Reports, Summary);
document(junit, Reports, Summary) -> beamtalk_test_junit:document(Reports, Summary).

%% A filter nothing passes is more likely a slip than a wish.
code(#{total := 0}, #{filter := Filter}) when Filter =/= none ->
    beamtalk_cli:problem("No test matches '~ts'", [Filter]),
    1;
code(#{failed := 0}, _) ->
    0;
code(_, _) ->
    1.

%% @doc A line before the tests; other formats and quiet runs have none.
-spec heading(unicode:chardata(), beamtalk_test_options:options()) -> ok.
heading(Text, #{format := text, quiet := false}) -> beamtalk_cli:out(Text);
heading(_, _) -> ok.

tell(_, _, #{format := Format}) when Format =/= text ->
    ok;
tell(#{failures := Failures} = Report, Style, #{quiet := Quiet, show_output := Output}) ->
    _ = (Failures =/= [] orelse not Quiet) andalso beamtalk_cli:out(beamtalk_test_report:line(Report)),
    _ = Output andalso beamtalk_cli:out(beamtalk_test_report:outputs(Report)),
    _ = Style =:= at_once andalso beamtalk_cli:out(beamtalk_test_report:failures(Report)),
    ok.

finished(_, _, _, #{total := 0}, gathered, #{filter := none}) ->
    beamtalk_cli:out("No tests found\n");
finished(Reports, Files, Time, #{failed := Failed}, Style, Options) ->
    Shown = shown(Options),
    Details = [[beamtalk_test_report:details(hidden(R, Options)) || R <- Reports], $\n],
    case {Style, Failed} of
        {at_once, _} ->
            beamtalk_cli:out([Shown, beamtalk_test_report:summary(Reports, Files, none)]);
        {gathered, 0} ->
            beamtalk_cli:out([$\n, Shown, beamtalk_test_report:summary(Reports, Files, Time)]);
        {gathered, _} ->
            Summary = beamtalk_test_report:summary(Reports, Files, Time),
            io:put_chars(standard_error, [Details, Shown, Summary, integer_to_list(Failed), " test(s) failed\n"])
    end.

shown(#{seed := none}) -> "";
shown(#{seed := Seed}) -> ["Seed: ", integer_to_list(Seed), $\n].

%% What all tests wrote was told already.
hidden(#{failures := Failures} = Report, #{show_output := true}) ->
    Report#{failures := [maps:remove(output, Failure) || Failure <- Failures]};
hidden(Report, _) ->
    Report.

%% @doc Warnings of the compiler with their lines, and notes; on standard error.
-spec warned([{file:filename(), beamtalk_compiler_backend:diagnostic()}], [unicode:chardata()], beamtalk_test_options:options()) -> ok.
warned(_, _, #{warnings := false}) ->
    ok;
warned(Warnings, Notes, _) ->
    _ = [io:put_chars(standard_error, [excerpt(File, Diagnostic), $\n]) || {File, Diagnostic} <- Warnings],
    problems([["warning: ", Note] || Note <- Notes]).

excerpt(File, Diagnostic) ->
    case file:read_file(File) of
        {ok, Source} -> beamtalk_excerpt:render(Diagnostic, unicode:characters_to_binary(File), Source);
        {error, _} -> [File, ": ", maps:get(message, Diagnostic), $\n]
    end.

%% @doc A line each on standard error.
-spec problems([unicode:chardata()]) -> ok.
problems(Texts) ->
    lists:foreach(fun(Text) -> beamtalk_cli:problem("~ts", [Text]) end, Texts).
