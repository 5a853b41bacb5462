%%% @doc Runs the examples in the doc comments of a class.
%%%
%%% The blocks of one class share their variables, class comment first. An example without an expectation prepares the next ones and must
%%% not fail. Documentation writes values as source (`"red"', `#red'): an expectation that, evaluated, equals the value is fulfilled too.
-module(beamtalk_doc_tests).

-export([run_class/2, classes/1]).

-define(CLASS_MS, 60000).

%% @doc The classes of a source that have examples.
-spec classes(beamtalk_source_loader:read()) -> [map()].
classes(#{source := Source, options := Options}) ->
    case beamtalk_compiler:doc(Source, maps:with([stdlib_mode], Options)) of
        {ok, Classes} -> [Class || #{examples := [_ | _]} = Class <- Classes];
        {error, _} -> []
    end.

%% @doc The class must be loaded.
-spec run_class(map(), binary()) -> beamtalk_test_report:report().
run_class(#{name := Name, examples := Examples}, Path) ->
    {ok, Session} = beamtalk_session:start(#{}),
    Deadline = erlang:monotonic_time(millisecond) + ?CLASS_MS,
    Report = lists:foldl(
        fun(Example, Acc) -> run_example(Example, Session, Deadline, Path, Acc) end,
        beamtalk_test_report:new(<<Name/binary, "DocTest">>, Path),
        joined(Examples)
    ),
    ok = beamtalk_session:stop(Session),
    Report.

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
    #{result := Result} = Reply = beamtalk_session:eval(Session, Source, (options())#{timeout => Left}),
    case {maps:get(expected, Example, undefined), Result} of
        {undefined, {ok, _}} ->
            Report;
        {undefined, {error, Failure}} ->
            fail(#{message => beamtalk_failure:text(Failure)}, Path, Line, Source, Report);
        {Text, _} ->
            Expect = beamtalk_expectation:parse(Text),
            case judged(Expect, Reply, Session) of
                ok -> beamtalk_test_report:passed(Report);
                {failed, Details} -> fail(Details, Path, Line, Source, Report)
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

fail(Details, Path, Line, Source, Report) ->
    Place = [Path, $:, integer_to_list(Line)],
    beamtalk_test_report:failed(Details#{place => Place, what => Source}, Report).
