%%% @doc A test run in the Test Anything Protocol, version 13: a line per test, details of failures as a YAML block. Pure.
-module(beamtalk_test_tap).

-export([document/2]).

-spec document([beamtalk_test_report:report()], beamtalk_test_run:summary()) -> unicode:chardata().
document(Reports, #{seed := Seed}) ->
    Tests = [{Report, Test} || Report <- Reports, Test <- beamtalk_test_report:tests(Report)],
    [
        "TAP version 13\n",
        ["1..", integer_to_list(length(Tests)), plan_note(Tests), $\n],
        [["# seed ", integer_to_list(Seed), $\n] || Seed =/= none],
        [test(N, Report, Test) || {N, {Report, Test}} <- lists:zip(lists:seq(1, length(Tests)), Tests)]
    ].

%% A plan without tests needs a reason.
plan_note([]) -> " # SKIP no tests";
plan_note(_) -> "".

test(N, #{name := Name, file := File}, #{what := What, status := Status} = Test) ->
    Result =
        case Status of
            passed -> "ok ";
            failed -> "not ok "
        end,
    [Result, integer_to_list(N), " - ", description([Name, ">>", What]), $\n, block(Status, File, Test)].

%% `#' would begin a directive.
description(Text) ->
    Line = beamtalk_test_report:text(Text),
    << <<(described(C))/binary>> || <<C/utf8>> <= Line >>.

described($#) -> <<"\\#">>;
described($\\) -> <<"\\\\">>;
described(C) when C < 32 -> <<" ">>;
described(C) -> <<C/utf8>>.

block(passed, _, _) ->
    [];
block(failed, File, Test) ->
    [
        "  ---\n",
        ["  message: ", quoted(lists:join("\n", beamtalk_test_report:message(Test))), $\n],
        ["  file: ", quoted(maps:get(file, Test, File)), $\n],
        [["  line: ", integer_to_list(Line), $\n] || #{line := Line} <- [Test]],
        [["  trace:\n", [["    - ", quoted(Frame), $\n] || Frame <- Frames]] || #{trace := [_ | _] = Frames} <- [Test]],
        [["  output: ", quoted(Output), $\n] || #{output := <<_, _/binary>> = Output} <- [Test]],
        "  ...\n"
    ].

%% A string of JSON is one of YAML as well.
quoted(Text) -> beamtalk_json_ops:generate('JSON', beamtalk_test_report:text(Text)).
