%%% @doc A test run as one JSON object. Pure.
-module(beamtalk_test_json).

-export([document/2]).

-spec document([beamtalk_test_report:report()], beamtalk_test_run:summary()) -> unicode:chardata().
document(Reports, #{files := Files, time := Time, seed := Seed}) ->
    Totals = beamtalk_test_report:totals(Reports),
    Run = #{
        <<"files">> => Files,
        <<"total">> => maps:get(total, Totals),
        <<"passed">> => maps:get(passed, Totals),
        <<"failed">> => maps:get(failed, Totals),
        <<"duration">> => seconds(Time),
        <<"seed">> => or_nil(Seed),
        <<"classes">> => [class(Report) || Report <- Reports]
    },
    [beamtalk_json_ops:generate('JSON', Run), $\n].

class(#{name := Name, file := File, time := Time} = Report) ->
    Totals = beamtalk_test_report:totals([Report]),
    #{
        <<"class">> => Name,
        <<"file">> => File,
        <<"total">> => maps:get(total, Totals),
        <<"passed">> => maps:get(passed, Totals),
        <<"failed">> => maps:get(failed, Totals),
        <<"duration">> => seconds(Time),
        <<"tests">> => [test(Test) || Test <- beamtalk_test_report:tests(Report)]
    }.

test(#{what := What, status := Status} = Test) ->
    Always = #{
        <<"name">> => beamtalk_test_report:text(What),
        <<"status">> => status(Status),
        <<"duration">> => seconds(maps:get(time, Test, 0)),
        <<"line">> => maps:get(line, Test, nil)
    },
    Optional = [
        {<<"error">>, [beamtalk_test_report:text(lists:join("\n", beamtalk_test_report:message(Test))) || Status =:= failed]},
        %% Where it is not the file of the class: an inherited test, or a method of the superclass.
        {<<"file">>, [File || #{file := File} <- [Test]]},
        {<<"trace">>, [Trace || Status =:= failed, #{trace := Trace} <- [Test]]},
        {<<"output">>, [Output || #{output := <<_, _/binary>> = Output} <- [Test]]}
    ],
    maps:merge(Always, maps:from_list([{Key, Value} || {Key, [Value]} <- Optional])).

status(passed) -> <<"pass">>;
status(failed) -> <<"fail">>.

seconds(Microseconds) -> Microseconds / 1000000.

or_nil(none) -> nil;
or_nil(Value) -> Value.
