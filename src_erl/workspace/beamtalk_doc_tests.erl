%%% @doc Runs the examples in the doc comments of a class.
%%%
%%% The blocks of one class share their variables, class comment first. An example without an expectation prepares the next ones and must
%%% not fail. Documentation writes values as source (`"red"', `#red'): an expectation that, evaluated, equals the value is fulfilled too.
-module(beamtalk_doc_tests).

-export([run/3]).

%% @doc The examples in a source whose classes are loaded: a report for each class that has some.
-spec run(beamtalk_source_loader:read(), binary(), beamtalk_test_options:options()) -> [beamtalk_test_report:report()].
run(Read, Path, #{timeout := Limit} = Options) ->
    [
        run_class(<<Name/binary, "DocTest">>, Examples, Path, Limit)
     || #{name := Name, examples := Examples} <- classes(Read), beamtalk_test_run:wanted(<<Name/binary, "DocTest">>, Options)
    ].

%% The classes of a source that have examples.
classes(#{source := Source, options := Options}) ->
    case beamtalk_compiler:doc(Source, maps:with([stdlib_mode], Options)) of
        {ok, Classes} -> [Class || #{examples := [_ | _]} = Class <- Classes];
        {error, _} -> []
    end.

run_class(Name, Examples, Path, Limit) ->
    {ok, Session} = beamtalk_expression_tests:session(),
    Start = erlang:monotonic_time(microsecond),
    Deadline = erlang:monotonic_time(millisecond) + Limit,
    Report = lists:foldl(
        fun(Example, Acc) -> run_example(Example, Session, Deadline, Path, Acc) end,
        beamtalk_test_report:new(Name, Path),
        joined(Examples)
    ),
    ok = beamtalk_session:stop(Session),
    beamtalk_test_report:took(erlang:monotonic_time(microsecond) - Start, Report).

%% A step that is not complete goes on in the next line.
joined([#{expression := Source, line := Line} = Example, #{expression := More, line := NextLine} = Next | Rest]) ->
    case maps:get(expected, Example, undefined) =:= undefined andalso not beamtalk_compiler:is_complete(Source) of
        true when NextLine =:= Line + 1 -> joined([Next#{expression := <<Source/binary, "\n", More/binary>>} | Rest]);
        _ -> [Example | joined([Next | Rest])]
    end;
joined(Examples) ->
    Examples.

run_example(#{expression := Source, line := Line} = Example, Session, Deadline, Path, Report) ->
    Left = max(1, Deadline - erlang:monotonic_time(millisecond)),
    Start = erlang:monotonic_time(microsecond),
    #{result := Result, output := Output} = Reply = beamtalk_session:eval(Session, Source, (options())#{timeout => Left}),
    Test = #{what => Source, line => Line, output => Output, time => erlang:monotonic_time(microsecond) - Start},
    case {maps:get(expected, Example, undefined), Result} of
        {undefined, {ok, _}} ->
            Report;
        {undefined, {error, Failure}} ->
            fail(#{message => beamtalk_failure:text(Failure)}, Test, Path, Report);
        {Text, _} ->
            case judged(beamtalk_expectation:parse(Text), Reply, Session) of
                ok -> beamtalk_test_report:passed(Test, Report);
                {failed, Details} -> fail(Details, Test, Path, Report)
            end
    end.

options() -> beamtalk_expression_tests:session_options().

judged({value, Text} = Expect, #{result := {ok, {value, Value}}} = Reply, Session) ->
    case beamtalk_expression_tests:judge(Expect, Reply) of
        ok -> ok;
        Failed -> as_source(beamtalk_session:eval(Session, Text, options()), Value, Failed)
    end;
judged(Expect, Reply, _) ->
    beamtalk_expression_tests:judge(Expect, Reply).

as_source(#{result := {ok, {value, Value}}}, Value, _) -> ok;
as_source(_, _, Failed) -> Failed.

fail(Details, #{line := Line} = Test, Path, Report) ->
    Place = [Path, $:, integer_to_list(Line)],
    beamtalk_test_report:failed(maps:merge(Test#{place => Place}, Details), Report).
