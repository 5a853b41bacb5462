%%% @doc What tools ask the evaluator: disassembly, numbers, calls, events, snapshots; on the library in the node and on the process beside it.
-module(beamtalk_evaluator_tools_SUITE).

-include_lib("stdlib/include/assert.hrl").

-export([all/0, groups/0, init_per_suite/1, end_per_suite/1, init_per_group/2, end_per_group/2]).
-export([
    disassembly/1,
    bytecode_is_a_stage/1,
    numbers/1,
    calls_are_counted/1,
    changes_are_told/1,
    snapshots/1,
    what_is_not_plain_is_named/1,
    hostile_snapshots_are_refused/1,
    sessions_that_are_gone/1
]).

all() ->
    [{group, nif}, {group, port}].

groups() ->
    Cases = [
        disassembly,
        bytecode_is_a_stage,
        numbers,
        calls_are_counted,
        changes_are_told,
        snapshots,
        what_is_not_plain_is_named,
        hostile_snapshots_are_refused,
        sessions_that_are_gone
    ],
    [{nif, Cases}, {port, Cases}].

init_per_suite(Config) ->
    {ok, Started} = application:ensure_all_started(beamtalk),
    [{started, Started} | Config].

end_per_suite(Config) ->
    [application:stop(Application) || Application <- proplists:get_value(started, Config)].

init_per_group(Backend, Config) ->
    ok = beamtalk_compiler_backend:select(Backend),
    Backend = beamtalk_compiler_backend:backend(),
    Config.

end_per_group(_, _) ->
    beamtalk_compiler_backend:start().

-define(COUNTER, <<
    "Object subclass: ToolCounter\n"
    "  state: n = 0\n"
    "  n => self.n\n"
    "  next => self class new: #{#n => self.n + 1}\n"
    "  fib: i =>\n"
    "    i <= 1 ifTrue: [i] ifFalse: [(self fib: i - 1) + (self fib: i - 2)]\n"
    "  class make => self new\n"
>>).

new() ->
    {ok, Session} = beamtalk_evaluator:new(),
    Session.

value(Session, Source) ->
    {ok, Value, _} = beamtalk_evaluator:eval(Session, Source),
    Value.

has(Text, Part) -> ?assertMatch({_, _}, binary:match(Text, Part)).

disassembly(_) ->
    S = new(),
    {ok, _} = beamtalk_evaluator:define(S, ?COUNTER),
    {ok, Fib} = beamtalk_evaluator:disassemble(S, 'ToolCounter', 'fib:'),
    has(Fib, <<"ToolCounter>>fib:  (2 parameters, ">>),
    %% Messages by their names, lines of the source.
    has(Fib, <<"fib:">>),
    has(Fib, <<"\n   6 ">>),
    {ok, Make} = beamtalk_evaluator:disassemble(S, 'ToolCounter class', make),
    has(Make, <<"ToolCounter class>>make">>),
    %% Of the library, inherited, with blocks.
    {ok, Inject} = beamtalk_evaluator:disassemble(S, <<"List">>, <<"inject:into:">>),
    has(Inject, <<"inject:into:">>),
    {ok, _} = beamtalk_evaluator:disassemble(S, 'ToolCounter', printString),
    %% Of the node.
    {ok, _} = beamtalk:load_source(<<"Object subclass: ToolOfNode\n  answer => [42] value\n">>),
    {ok, Answer} = beamtalk_evaluator:disassemble(S, 'ToolOfNode', answer),
    has(Answer, <<"ToolOfNode>>answer">>),
    {ok, _} = beamtalk:load_source(<<"Actor subclass: ToolActor\n  answer => 42\n">>),
    ?assertEqual({error, runs_on_node}, beamtalk_evaluator:disassemble(S, 'ToolActor', answer)),
    ?assertEqual({error, unknown_method}, beamtalk_evaluator:disassemble(S, 'ToolCounter', nonsense)),
    ?assertEqual({error, unknown_class}, beamtalk_evaluator:disassemble(S, <<"ToolNobodyHasThis">>, <<"x">>)).

bytecode_is_a_stage(_) ->
    {ok, #{text := Class, diagnostics := []}} = beamtalk_compiler:show(bytecode, ?COUNTER, #{mode => file}),
    has(Class, <<"ToolCounter>>next">>),
    has(Class, <<"ToolCounter class>>make">>),
    has(Class, <<"ToolCounter default of n">>),
    {ok, #{text := Input}} = beamtalk_compiler:show(bytecode, <<"3 foo: 4">>, #{mode => expression}),
    has(Input, <<"input  (">>),
    has(Input, <<"foo:">>),
    {ok, #{text := Broken, diagnostics := [_ | _]}} = beamtalk_compiler:show(bytecode, <<")">>, #{mode => expression}),
    has(Broken, <<"error">>).

numbers(_) ->
    S = new(),
    #{classes := 0, methods := 0, reductions := 0, definitions := 0, memory := Memory} = beamtalk_evaluator:stats(S),
    {ok, _} = beamtalk_evaluator:define(S, ?COUNTER),
    {ok, 55, _} = beamtalk_evaluator:eval(S, "x := ToolCounter new fib: 10. l := Erlang lists seq: 1 with: 10000. x"),
    After = beamtalk_evaluator:stats(S),
    #{definitions := 1, variables := 2, library := Library} = After,
    [?assert(maps:get(Key, After) > Least) || {Key, Least} <- [{classes, 1}, {methods, 1}, {reductions, 170}, {calls, 170}, {code, 40}, {memory, Memory}]],
    ?assert(Library > 0).

calls_are_counted(_) ->
    S = new(),
    {ok, _} = beamtalk_evaluator:define(S, ?COUNTER),
    55 = value(S, "ToolCounter make fib: 10"),
    Fib = {<<"ToolCounter">>, <<"fib:">>},
    Tiers = beamtalk_evaluator:tiers(S),
    ?assertMatch(#{Fib := #{tier := 0, version := 1, calls := 177, not_promoted := no_faster_tier}}, Tiers),
    ?assertMatch(#{{<<"ToolCounter class">>, <<"make">>} := #{calls := 1}}, Tiers),
    %% What has not been called has not been linked, what is hidden stays so.
    ?assertNot(is_map_key({<<"ToolCounter">>, <<"next">>}, Tiers)),
    ?assertEqual([], [Selector || {_, <<"$", _/binary>> = Selector} <- maps:keys(Tiers)]),
    {ok, [{<<"ToolCounter">>, <<"fib:">>, 2}]} = beamtalk_evaluator:define(S, "ToolCounter >> fib: i => i"),
    10 = value(S, "ToolCounter make fib: 10"),
    ?assertMatch(#{Fib := #{version := 2, calls := 1}}, beamtalk_evaluator:tiers(S)),
    %% The node has this session and others.
    Other = new(),
    {ok, _} = beamtalk_evaluator:define(Other, ?COUNTER),
    1 = value(Other, "ToolCounter make fib: 1"),
    ?assertMatch(#{Fib := #{version := 2, calls := 2}}, maps:with([Fib], beamtalk_evaluator:tiers())),
    ok = beamtalk_evaluator:close(S),
    ?assertMatch(#{Fib := #{version := 1, calls := 1}}, maps:with([Fib], beamtalk_evaluator:tiers())),
    ok = beamtalk_evaluator:close(Other).

changes_are_told(_) ->
    S = new(),
    {ok, Reference} = beamtalk_evaluator:subscribe(S),
    {ok, _} = beamtalk_evaluator:define(S, ?COUNTER),
    {ok, _} = beamtalk_evaluator:define(S, ?COUNTER),
    {ok, _} = beamtalk_evaluator:define(S, "ToolCounter >> next => 7"),
    {ok, _} = beamtalk_evaluator:define(S, "ToolCounter class >> make => 8"),
    ?assertEqual(
        [{swapped, <<"ToolCounter">>, <<"next">>, 2}, {swapped, <<"ToolCounter class">>, <<"make">>, 2}],
        events(Reference)
    ),
    ok = beamtalk_evaluator:close(S),
    ?assertEqual([], ets:tab2list(beamtalk_evaluator_subscribers)).

%% They are sent before `define' answers.
events(Reference) ->
    receive
        {beamtalk_evaluator, Reference, Event} -> [Event | events(Reference)]
    after 0 -> []
    end.

snapshots(_) ->
    S = new(),
    {ok, _} = beamtalk_evaluator:define(S, ?COUNTER),
    {ok, _} = beamtalk_evaluator:define(S, "ToolCounter subclass: ToolBelow\n  twice => self next next\n"),
    {ok, _} = beamtalk_evaluator:define(S, "ToolCounter >> next => self class new: #{#n => self.n + 10}"),
    {ok, _} = beamtalk_evaluator:define(S, "Integer >> toolDouble => self * 2"),
    _ = value(S, "c := ToolBelow new. data := #{#a => #(1, 2.5, \"text\", nil), \"b\" => 2 ** 100}. sym := #a_symbol. cls := Integer. 1"),
    {ok, Snapshot} = beamtalk_evaluator:snapshot(S),
    Variables = beamtalk_evaluator:bindings(S),
    ok = beamtalk_evaluator:close(S),
    {ok, T} = beamtalk_evaluator:restore(Snapshot, #{reductions => 100000}),
    ?assertEqual(Variables, beamtalk_evaluator:bindings(T)),
    ?assertEqual(20, value(T, "c twice n")),
    ?assertEqual(14, value(T, "7 toolDouble")),
    {error, {limit, reductions}, _} = beamtalk_evaluator:eval(T, "[true] whileTrue: [1]"),
    ?assertEqual({ok, Snapshot}, beamtalk_evaluator:snapshot(T)),
    {ok, Empty} = beamtalk_evaluator:snapshot(new()),
    {ok, U} = beamtalk_evaluator:restore(Empty),
    0 = map_size(beamtalk_evaluator:bindings(U)).

what_is_not_plain_is_named(_) ->
    S = new(),
    _ = value(S, "good := 1. block := [good]. 1"),
    ok = beamtalk_evaluator:bind(S, pid, {self(), 1}),
    ok = beamtalk_evaluator:bind(S, function, [fun erlang:abs/1]),
    ok = beamtalk_evaluator:bind(S, bits, <<5:3>>),
    ?assertEqual({error, {not_plain, [<<"block">>, <<"function">>, <<"pid">>]}}, beamtalk_evaluator:snapshot(S)),
    _ = value(S, "block := nil. pid := nil. function := nil"),
    ?assertMatch({ok, _}, beamtalk_evaluator:snapshot(S)).

hostile_snapshots_are_refused(_) ->
    S = new(),
    {ok, _} = beamtalk_evaluator:define(S, ?COUNTER),
    _ = value(S, "x := #(1, 2)"),
    {ok, Snapshot} = beamtalk_evaluator:snapshot(S),
    Sessions = ets:info(beamtalk_evaluator_sessions, size),
    Refused = fun(Binary) -> ?assertEqual({error, no_snapshot}, beamtalk_evaluator:restore(Binary)) end,
    [Refused(Binary) || Binary <- [<<>>, <<"x">>, term_to_binary({[], #{}}), <<Snapshot/binary, 0>>]],
    [Refused(binary:part(Snapshot, 0, Length)) || Length <- lists:seq(0, byte_size(Snapshot) - 1, 7)],
    %% With the right sum: other terms, what is no data, more than there is.
    [Head, _] = binary:split(Snapshot, <<"\n">>),
    Signed = fun(Bytes) -> <<Head/binary, "\n", (erlang:crc32(Bytes)):32, Bytes/binary>> end,
    Terms = [
        [],
        {[], []},
        {[], #{x => 1}},
        {[], #{<<"x">> => self()}},
        {[], #{<<"x">> => fun erlang:halt/0}},
        {[], #{<<"x">> => [make_ref()]}},
        {[{nil, 1}], #{}},
        {[{nil, <<"3 + 4">>}], #{}},
        {[nil], #{}},
        {[], #{}, []}
    ],
    [Refused(Signed(term_to_binary(Term))) || Term <- Terms],
    [Refused(Signed(Bytes)) || Bytes <- [<<>>, <<131>>, <<131, 104, 2, 106, 116, 255, 255, 255, 255>>, <<131, 104, 2, 108, 255, 255, 255, 255>>]],
    %% A text that is no class says so.
    Broken = Signed(term_to_binary({[{nil, <<"Object subclass: Broken\n  a => (">>}], #{}})),
    ?assertMatch({error, {rejected, #{diagnostics := [_ | _]}}}, beamtalk_evaluator:restore(Broken)),
    Library = Signed(term_to_binary({[{nil, <<"Object subclass: Integer\n  a => 1\n">>}], #{}})),
    ?assertMatch({error, {rejected, _}}, beamtalk_evaluator:restore(Library)),
    ?assertEqual(Sessions, ets:info(beamtalk_evaluator_sessions, size)).

sessions_that_are_gone(_) ->
    S = new(),
    ok = beamtalk_evaluator:close(S),
    Lost = {error, session_lost},
    ?assertEqual(
        [Lost, Lost, Lost, Lost],
        [beamtalk_evaluator:stats(S), beamtalk_evaluator:tiers(S), beamtalk_evaluator:snapshot(S), beamtalk_evaluator:disassemble(S, 'Integer', '+')]
    ).
