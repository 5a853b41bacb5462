%%% @doc A test run as the XML document that build servers read: a suite per class or file. Pure.
-module(beamtalk_test_junit).

-export([document/2]).

-spec document([beamtalk_test_report:report()], beamtalk_test_run:summary()) -> unicode:chardata().
document(Reports, #{time := Time, seed := Seed}) ->
    [
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
        open("testsuites", [{"name", "beamtalk"} | counts(Reports, Time)]),
        [suite(Report, Seed) || Report <- Reports],
        "</testsuites>\n"
    ].

suite(#{name := Name, file := File, time := Time} = Report, Seed) ->
    [
        "  ", open("testsuite", [{"name", Name}, {"file", File} | counts([Report], Time)]),
        [["    <properties><property name=\"seed\" value=\"", integer_to_list(Seed), "\"/></properties>\n"] || Seed =/= none],
        [test(Name, File, Test) || Test <- beamtalk_test_report:tests(Report)],
        "  </testsuite>\n"
    ].

counts(Reports, Time) ->
    #{total := Total, failed := Failed} = beamtalk_test_report:totals(Reports),
    [{"tests", integer_to_list(Total)}, {"failures", integer_to_list(Failed)}, {"errors", "0"}, {"time", seconds(Time)}].

test(Class, File, #{what := What, status := Status} = Test) ->
    Line = [{"line", integer_to_list(L)} || #{line := L} <- [Test]],
    Attributes = [{"classname", Class}, {"name", What}, {"file", maps:get(file, Test, File)}] ++ Line ++ [{"time", seconds(maps:get(time, Test, 0))}],
    [
        "    ", open("testcase", Attributes),
        [failure(Test) || Status =:= failed],
        [["      <system-out>", escaped(Output), "</system-out>\n"] || #{output := <<_, _/binary>> = Output} <- [Test]],
        "    </testcase>\n"
    ].

failure(Test) ->
    [First | _] = Lines = beamtalk_test_report:message(Test),
    Trace = [["at ", Frame] || Frame <- maps:get(trace, Test, [])],
    [
        "      <failure message=\"", in_attribute(First), "\">",
        escaped(lists:join("\n", Lines ++ Trace)), "</failure>\n"
    ].

open(Name, Attributes) ->
    [$<, Name, [[$\s, Key, "=\"", in_attribute(Value), $"] || {Key, Value} <- Attributes], ">\n"].

seconds(Microseconds) -> io_lib:format("~.6f", [Microseconds / 1000000]).

%% A reader makes blanks of these where they stand bare.
in_attribute(Text) ->
    binary:replace(binary:replace(escaped(Text), <<"\t">>, <<"&#9;">>, [global]), <<"\n">>, <<"&#10;">>, [global]).

%% Characters that no XML document may hold are shown as the replacement character.
escaped(Text) ->
    << <<(character(C))/binary>> || <<C/utf8>> <= beamtalk_test_report:text(Text) >>.

character($&) -> <<"&amp;">>;
character($<) -> <<"&lt;">>;
character($>) -> <<"&gt;">>;
character($") -> <<"&quot;">>;
character(C) when C =:= $\n; C =:= $\t; C >= 16#20, C =< 16#FFFD; C > 16#FFFF -> <<C/utf8>>;
character(_) -> <<16#FFFD/utf8>>.
