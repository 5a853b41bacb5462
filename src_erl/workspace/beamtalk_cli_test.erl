%%% @doc `beamtalk test': test classes and documentation tests.
-module(beamtalk_cli_test).
-behaviour(beamtalk_cli).

-export([run/1, usage/0]).

-spec usage() -> {string(), string()}.
usage() ->
    {"[PATH]", "run the test classes of a file or directory"}.

-spec run([binary()]) -> beamtalk_cli:exit_code().
run(Arguments) ->
    case beamtalk_cli:options(Arguments, #{<<"--no-warnings">> => flag}) of
        {_, []} -> test("test");
        {_, [Path]} -> test(binary_to_list(Path));
        _ -> beamtalk_cli:usage_error("beamtalk: test takes one path")
    end.

test(Path) ->
    case beamtalk_unit_tests:collect(Path) of
        {ok, #{files := []}} ->
            beamtalk_cli:out("No test files found in '~ts'~n", [Path]),
            0;
        {ok, Plan} ->
            ok = beamtalk_cli:boot(tests),
            package(beamtalk_package:read("."), Plan);
        {error, Text} ->
            beamtalk_cli:problem("~ts", [Text]),
            1
    end.

package({ok, Manifest}, Plan) ->
    beamtalk_cli:out("Building package '~ts'...~n", [maps:get({<<"package">>, <<"name">>}, Manifest, <<"?">>)]),
    case beamtalk_package:load(".") of
        {ok, _, #{failed := []}} ->
            run_plan(Plan);
        {ok, _, #{failed := Failed}} ->
            _ = [beamtalk_cli:problem("~ts: ~ts", [File, beamtalk_failure:located_text(Failure)]) || {File, Failure} <- Failed],
            1;
        {error, Text} ->
            beamtalk_cli:problem("~ts", [Text]),
            1
    end;
package({error, _}, Plan) ->
    run_plan(Plan).

run_plan(#{files := Files} = Plan) ->
    Start = erlang:monotonic_time(microsecond),
    beamtalk_cli:out("Compiling ~b test file(s)...~nRunning tests...~n~n", [length(Files)]),
    case beamtalk_unit_tests:run(Plan, fun(Report) -> beamtalk_cli:out(beamtalk_test_report:line(Report)) end) of
        {ok, []} ->
            beamtalk_cli:out("No tests found\n"),
            0;
        {ok, Reports} ->
            finished(Reports, length(Files), erlang:monotonic_time(microsecond) - Start);
        {error, Texts} ->
            _ = [beamtalk_cli:problem("~ts", [Text]) || Text <- Texts],
            1
    end.

finished(Reports, Files, Time) ->
    Summary = beamtalk_test_report:summary(Reports, Files, Time),
    case [R || #{failures := [_ | _]} = R <- Reports] of
        [] ->
            beamtalk_cli:out([$\n, Summary]),
            0;
        Failed ->
            Count = lists:sum([length(Failures) || #{failures := Failures} <- Failed]),
            Texts = [failed(Report) || Report <- Failed],
            io:put_chars(standard_error, [Texts, $\n, Summary, integer_to_list(Count), " test(s) failed\n"]),
            1
    end.

failed(#{name := Name, file := File, failures := Failures}) ->
    ["FAIL ", Name, " (", File, "):\n", [detail(F) || F <- Failures]].

detail(#{what := What, place := Place} = Failure) ->
    Texts = [
        [Label, Text]
     || {Key, Label} <- [{message, ""}, {expected, "expected: "}, {got, "got:      "}, {crashed, "crashed:  "}],
        {ok, Text} <- [maps:find(Key, Failure)]
    ],
    Lines = lists:append([string:split(unicode:characters_to_list(Text), "\n", all) || Text <- Texts]),
    ["  ", What, "  [", Place, "]\n", [["    ", Line, $\n] || Line <- Lines]].
