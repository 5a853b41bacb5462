%%% @doc Runs the test methods of TestCase classes: primitives of TestCase and TestRunner, and the runner behind the command line.
%%%
%%% Tests run in the calling process, one after the other; nothing is asked of the class's process, so a test may run other tests. A test is
%%% `new', `setUp', the method, `tearDown'; each of the three gets the object its predecessor left behind, as far as that shows (see
%%% `step/2'). Failures are told by the message of the exception.
-module(beamtalk_test_case).

-include("beamtalk.hrl").

%% Primitives.
-export([should_raise/3, runAll/1, run/2]).
-export([runner_runAll/1, runner_run/2, runner_run_method/3]).
%% Called by the workspace.
-export([run_test/3, run_test/4, tear_down/1, test_methods/2]).

-export_type([outcome/0, verdict/0]).

-type raised() :: {error | exit | throw, Reason :: term(), Stack :: list()}.
-type verdict() :: passed | {failed, Message :: binary(), raised()}.
-type outcome() :: #{total := non_neg_integer(), failures := [{atom(), binary()}], duration := float()}.

%%% should: block raise: kind

-spec should_raise(term(), term(), term()) -> nil.
should_raise(TestCase, Block, Kind) when is_function(Block, 0), is_atom(Kind) ->
    case raised(Block) of
        {raised, Kind, _} ->
            nil;
        {raised, _, Kind} ->
            nil;
        {raised, Other, _} ->
            fail(TestCase, ["Expected error kind ", name(Kind), " but got ", name(Other)]);
        none ->
            fail(TestCase, ["Expected block to raise ", name(Kind), " but it completed normally"])
    end;
should_raise(_, Block, Kind) when is_atom(Kind) ->
    beamtalk_collection_ops:block(Block, 0, 'TestCase', 'should:raise:');
should_raise(_, _, Kind) ->
    beamtalk_collection_ops:type_error('TestCase', 'should:raise:', "a Symbol as kind", Kind).

raised(Block) ->
    try Block() of
        _ -> none
    catch
        throw:{'$beamtalk_nlr', _, _} = Return:Stack -> erlang:raise(throw, Return, Stack);
        %% An Erlang failure of any class is known by its reason, too.
        Class:Reason -> {raised, beamtalk_exception_handler:reduce_kind(Class, Reason), Reason}
    end.

-spec fail(term(), iodata()) -> no_return().
fail(TestCase, Text) ->
    beamtalk_test_case_ops:fail(TestCase, iolist_to_binary(Text)).

name(Atom) -> atom_to_binary(Atom).

%%% Running, told as text.

-spec runAll(beamtalk_tag:class_ref()) -> binary().
runAll({beamtalk_object, _, _, Class}) ->
    case test_methods(Class, name) of
        [] -> <<"No test methods found in ", (name(Class))/binary>>;
        Tests -> text(run_methods(Class, Tests))
    end.

-spec run(beamtalk_tag:class_ref(), term()) -> binary().
run({beamtalk_object, _, _, Class}, Test) ->
    case lists:member(Test, test_methods(Class, name)) of
        true -> text(run_methods(Class, [Test]));
        false -> not_found(Class, Test)
    end.

not_found(Class, Test) ->
    iolist_to_binary(["Method '", beamtalk_printer:display(Test), "' not found in ", name(Class)]).

text(#{failures := Failures} = Outcome) ->
    Lines = [["\n  FAIL: ", name(Test), "\n    ", hd(string:split(Message, "\nHint: "))] || {Test, Message} <- Failures],
    iolist_to_binary([summary(Outcome), [["\n" | Lines] || Lines =/= []]]).

summary(#{total := Total, failures := Failures, duration := Seconds}) ->
    Failed = length(Failures),
    beamtalk_printer:test_summary(Total, Total - Failed, Failed, Seconds).

%%% Running, told as a TestResult.

-spec runner_runAll(term()) -> map().
runner_runAll(_Runner) ->
    Classes = [C || C <- beamtalk_class_registry:all_subclasses('TestCase'), not beamtalk_class_registry:is_abstract(C)],
    result([run_methods(Class, test_methods(Class, name)) || Class <- lists:sort(Classes)]).

-spec runner_run(term(), term()) -> map().
runner_run(_Runner, Class) ->
    Name = class_name(Class, 'run:'),
    result([run_methods(Name, test_methods(Name, name))]).

-spec runner_run_method(term(), term(), term()) -> map().
runner_run_method(_Runner, Class, Test) ->
    Name = class_name(Class, 'run:method:'),
    case lists:member(Test, test_methods(Name, name)) of
        true ->
            result([run_methods(Name, [Test])]);
        false ->
            result([#{total => 1, failures => [{Test, not_found(Name, Test)}], duration => 0.0}])
    end.

class_name(Class, Selector) ->
    case beamtalk_tag:referred_class(Class) of
        {ok, Name} ->
            case beamtalk_class_registry:is_registered(Name) of
                true -> Name;
                false -> beamtalk_error:raise(class_not_found, Name, Selector, undefined)
            end;
        error ->
            beamtalk_collection_ops:type_error('TestRunner', Selector, "a class", Class)
    end.

result(Outcomes) ->
    Total = lists:sum([N || #{total := N} <- Outcomes]),
    Failures = lists:append([F || #{failures := F} <- Outcomes]),
    #{
        ?BT_TAG => 'TestResult',
        total => Total,
        passed => Total - length(Failures),
        failed => length(Failures),
        duration => float(lists:sum([S || #{duration := S} <- Outcomes])),
        failures => [#{name => Test, error => Message} || {Test, Message} <- Failures]
    }.

%%% Test methods: unary selectors that begin with `test', own and inherited below TestCase.

-spec test_methods(atom(), name | source) -> [atom()].
test_methods(Class, Order) ->
    Classes = [C || C <- beamtalk_class_registry:ancestors(Class), beamtalk_class_registry:inherits_from(C, 'TestCase')],
    Selectors = lists:append([own_tests(C) || C <- lists:reverse(Classes)]),
    case Order of
        name -> lists:usort(Selectors);
        source -> unique(Selectors, [])
    end.

own_tests(Class) ->
    [element(1, M) || M <- maps:get(methods, beamtalk_class_registry:meta(Class), []), is_test(element(1, M))].

is_test(Selector) ->
    case atom_to_binary(Selector) of
        <<"test", _/binary>> -> beamtalk_selector:arity(Selector) =:= 0;
        _ -> false
    end.

unique([], Seen) -> lists:reverse(Seen);
unique([S | Rest], Seen) ->
    case lists:member(S, Seen) of
        true -> unique(Rest, Seen);
        false -> unique(Rest, [S | Seen])
    end.

%%% One class.

%% Runs the tests in the given order.
-spec run_methods(atom(), [atom()]) -> outcome().
run_methods(Class, Tests) ->
    Start = erlang:monotonic_time(microsecond),
    Ready = fun(_) -> ok end,
    Failures = [{Test, Message} || Test <- Tests, {failed, Message, _} <- [run_test(Class, Test, Ready)]],
    Duration = (erlang:monotonic_time(microsecond) - Start) / 1000000,
    #{total => length(Tests), failures => Failures, duration => Duration}.

%% @doc One test, from a new instance to `tearDown'. `Ready' gets the object `setUp' left, so that a caller who ends the test can still send it
%% `tearDown'.
-spec run_test(atom(), atom(), fun((map()) -> term())) -> verdict().
run_test(Class, Test, Ready) ->
    run_test(Class, Test, Ready, fun run_step/2).

%% @doc The same, with the test method itself run by a function: it answers what the method answers.
-spec run_test(atom(), atom(), fun((map()) -> term()), fun((map(), atom()) -> term())) -> verdict().
run_test(Class, Test, Ready, Run) ->
    case prepared(Class) of
        {ok, Prepared} ->
            _ = Ready(Prepared),
            {Verdict, Left} = tested(Prepared, Test, Run),
            ok = tear_down(Left),
            Verdict;
        {failed, Message, Raised} ->
            {failed, <<"setUp failed: ", Message/binary>>, Raised}
    end.

%% @doc Sends `tearDown'; its own failure says nothing about the test.
-spec tear_down(map()) -> ok.
tear_down(Object) ->
    _ = step(Object, tearDown),
    ok.

prepared(Class) ->
    try beamtalk_class_instantiation:new(beamtalk_class_registry:class_ref(Class)) of
        Fresh -> set_up(Fresh)
    catch
        Kind:Reason:Stack -> failed(Kind, Reason, Stack)
    end.

%% What `setUp' did before it failed is taken down as well.
set_up(Fresh) ->
    case step(Fresh, setUp) of
        {ok, Prepared} ->
            {ok, Prepared};
        Failed ->
            ok = tear_down(Fresh),
            Failed
    end.

tested(Prepared, Test, Run) ->
    case step(Prepared, Test, Run) of
        {ok, Left} -> {passed, Left};
        Failed -> {Failed, Prepared}
    end.

%% A method that assigns fields has a twin that answers the copy of self it leaves (docs/abi.md). Of any other method an answer of the
%% receiver's class counts as that copy; anything else leaves the object as it was.
step(Object, Selector) -> step(Object, Selector, fun run_step/2).

step(#{?BT_TAG := Class} = Object, Selector, Run) ->
    try Run(Object, Selector) of
        #{?BT_TAG := Class} = Changed -> {ok, Changed};
        _ -> {ok, Object}
    catch
        Kind:Reason:Stack -> failed(Kind, Reason, Stack)
    end.

run_step(#{?BT_TAG := Class} = Object, Selector) ->
    Twin = binary_to_atom(<<"$self:", (atom_to_binary(Selector))/binary>>),
    case beamtalk_dispatch:find(Class, Selector) of
        {m, Module} ->
            case erlang:function_exported(Module, Twin, 1) of
                true -> Module:Twin(Object);
                false -> beamtalk_message_dispatch:send0(Object, Selector)
            end;
        _ ->
            beamtalk_message_dispatch:send0(Object, Selector)
    end.

failed(Kind, Reason, Stack) ->
    Message = beamtalk_error:format(beamtalk_exception_handler:wrap(Kind, Reason, Stack)),
    {failed, Message, {Kind, Reason, Stack}}.
