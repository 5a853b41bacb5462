%%% @doc Sends, classes, actors, futures and errors of the runtime, on hand-made class modules.
-module(beamtalk_object_model_tests).

-include_lib("eunit/include/eunit.hrl").
-include("beamtalk.hrl").

-import(beamtalk_message_dispatch, [send0/2, send1/3, send2/4, ask0/2, ask1/3, tell1/3, class0/2, class1/3, class_ref/1]).

-export([
    t_value_send/0, t_missing/0, t_renamed/0, t_inherited_and_super/0, t_class_side/0, t_class_vars/0, t_metaclass/0,
    t_instantiation/0, t_actor/0, t_actor_failure/0, t_actor_lifecycle/0, t_initialize/0, t_actor_reflection/0,
    t_future/0, t_forwarding/0, t_extension/0, t_extension_and_super/0, t_extension_of_the_class_side/0, t_dynamic_class/0, t_builder_errors/0, t_protected/0, t_redefinition/0,
    t_hot_reload/0, t_hot_reload_of_a_busy_actor/0, t_parallel_loads_of_a_class/0, t_superclass_cycles/0, t_remove/0, t_operators/0, t_exceptions/0, t_on_do/0, t_erlang_proxy/0, t_globals/0, t_lock/0,
    t_instances/0, t_unknown_class/0, t_arity/0, t_stack/0, t_raw_through_actor/0, t_self_deadlock/0, t_dynamic_over_value/0, t_help/0, t_docs/0, t_still_in_use/0, t_class_process_crash/0,
    t_concurrent_class_methods/0
]).

all_test_() ->
    {setup, fun setup/0, fun beamtalk_fixtures:stop/1, [
        {atom_to_list(F), fun() -> ?MODULE:F() end}
     || {F, 0} <- ?MODULE:module_info(exports), lists:prefix("t_", atom_to_list(F))
    ]}.


setup() ->
    Sup = beamtalk_fixtures:start(),
    logger:set_primary_config(level, error),
    _ = [{ok, _} = beamtalk_fixtures:load(S) || S <- classes()],
    Sup.

classes() ->
    [
        #{class => 'Point', fields => [{x, "0"}, {y, "0"}], methods => [
            {x, [], "maps:get(x, Self)"}, {'x:', ["V"], "Self#{x := V}"}, {new, [], "renamed"},
            {'+', ["O"], "maps:get(x, Self) + maps:get(x, O)"}, {describe, [], "<<\"point\">>"},
            {cls, [], "beamtalk_primitive:class_of(Self)"}],
          class_methods => [{me, [], "Self"}, {origin, [], "beamtalk_message_dispatch:send0(Self, new)"}]},
        #{class => 'Point3', superclass => 'Point', fields => [{z, "7"}], methods => [
            {describe, [], "<<\"3d \", (beamtalk_message_dispatch:super0('Point3', Self, describe))/binary>>"}]},
        #{class => 'Counter', superclass => 'Actor', kind => actor, fields => [{n, "0"}], class_vars => [{made, "5"}],
          methods => [
            {initialize, [], "beamtalk_primitive:field_at_put(Self, n, maps:get(n, get('$beamtalk_state')) + 1)"},
            {n, [], "maps:get(n, get('$beamtalk_state'))"},
            {'add:', ["K"], "put('$beamtalk_state', (get('$beamtalk_state'))#{n := n(Self) + K}), n(Self)"},
            {'bad:', ["K"], "'add:'(Self, K), 1 / (K - K)"},
            {'fail:', ["K"], "'add:'(Self, K), beamtalk_exception_handler:error(Self, <<\"no\">>)"},
            {me, [], "Self"}, {'ask:', ["O"], "beamtalk_message_dispatch:send0(O, n)"},
            {selfAsk, [], "beamtalk_message_dispatch:ask0(Self, n)"},
            {terminate, [], "beamtalk_test_sink ! terminated"}],
          class_methods => [
            {made, [], "beamtalk_class_vars:get(Self, made)"},
            {bump, [], "beamtalk_class_vars:locked(Self, fun() -> beamtalk_class_vars:put(Self, made, made(Self, []) + 1), again(Self, []) end)"},
            {again, [], "beamtalk_class_vars:locked(Self, fun() -> made(Self, []) end)"}]},
        #{class => 'SubCounter', superclass => 'Counter', kind => actor},
        #{class => 'Plain', superclass => 'Actor', kind => actor},
        #{class => 'Broken', superclass => 'Actor', kind => actor, methods => [
            {initialize, [], "beamtalk_exception_handler:error(Self, <<\"broken\">>)"}]},
        #{class => 'Proxy', superclass => 'Actor', kind => actor, fields => [{target, "nil"}], methods => [
            {'doesNotUnderstand:args:', ["Sel", "Args"],
             "beamtalk_message_dispatch:send(maps:get(target, get('$beamtalk_state')), Sel, Args)"}]},
        #{class => 'Shape', modifiers => [abstract]},
        #{class => 'Overdrawn', superclass => 'Error'}
    ].

kind(Fun) ->
    try Fun() of
        V -> {no_error, V}
    catch
        C:R -> beamtalk_exception_handler:reduce_kind(C, R)
    end.

caught(Fun) ->
    try Fun() of
        V -> {no_error, V}
    catch
        C:R:S -> beamtalk_exception_handler:wrap(C, R, S)
    end.

t_value_send() ->
    P = class1('Point', 'new:', #{x => 3}),
    ?assertEqual(#{?BT_TAG => 'Point', x => 3, y => 0}, P),
    ?assertEqual(3, send0(P, x)),
    ?assertEqual(9, send0(send1(P, 'x:', 9), x)),
    ?assertEqual(<<"a Point">>, send0(P, printString)),
    ?assertEqual(8, send0(4, double)),
    ?assertEqual(true, send0(nil, isNil)),
    ?assertEqual(3, send0(<<"abc">>, size)),
    ?assertEqual(2, send0([1, 2], size)),
    ?assertEqual(<<"#foo">>, send0(foo, printString)),
    ?assertEqual(<<"2.5">>, send0(2.5, printString)),
    ?assertEqual(<<"{1, #a}">>, send0({1, a}, printString)),
    ?assertEqual(3, 'bt@point':dispatch(x, [], P)),
    ?assertError(undef, 'bt@point':nothing()).

t_missing() ->
    E = caught(fun() -> send1(4, 'zork:', 1) end),
    ?assertEqual(<<"Integer does not understand 'zork:'">>, beamtalk_exception_handler:message(E)),
    ?assertEqual('RuntimeError', maps:get(?BT_TAG, E)),
    ?assertEqual(
        [<<"Integer does not understand 'zork:'">>, <<"\nHint: ">>,
         <<"Check spelling or use 'respondsTo:' to verify method exists">>],
        beamtalk_exception_handler:print_string(E)).

t_renamed() ->
    P = class0('Point', new),
    ?assertEqual(renamed, send0(P, new)),
    ?assertEqual(renamed, beamtalk_message_dispatch:send(P, new, [])),
    ?assertEqual(does_not_understand, kind(fun() -> send0(4, new) end)),
    ?assert(beamtalk_primitive:responds_to(P, new)),
    ?assertNot(beamtalk_primitive:responds_to(4, new)).

t_inherited_and_super() ->
    P = class0('Point3', new),
    ?assertEqual(#{?BT_TAG => 'Point3', x => 0, y => 0, z => 7}, P),
    ?assertEqual(<<"3d point">>, send0(P, describe)),
    ?assertEqual(0, send0(P, x)),
    ?assertEqual('Point3', element(4, send0(P, cls))),
    ?assertEqual(no_superclass, kind(fun() -> beamtalk_message_dispatch:super0('ProtoObject', P, foo) end)).

t_class_side() ->
    P3 = class_ref('Point3'),
    ?assertEqual(#{?BT_TAG => 'Point3', x => 0, y => 0, z => 7}, send0(P3, origin)),
    ?assertEqual('Point3', send0(P3, name)),
    ?assertEqual(class_ref('Point'), send0(P3, superclass)),
    ?assertEqual(nil, class0('ProtoObject', superclass)),
    ?assertEqual(<<"Point3">>, send0(P3, printString)),
    E = caught(fun() -> send1(P3, 'frob:', 1) end),
    ?assertEqual(<<"Point3 does not understand 'frob:'">>, beamtalk_exception_handler:message(E)),
    ?assertEqual(<<"Class does not understand this message">>, beamtalk_exception_handler:hint(E)),
    ?assert(beamtalk_primitive:responds_to(P3, name)),
    ?assert(beamtalk_primitive:responds_to(P3, origin)),
    ?assertNot(beamtalk_primitive:responds_to(P3, bogus)),
    ?assertEqual('Point3', beamtalk_message_dispatch:send(P3, 'perform:withArguments:', [name, []])).

t_class_vars() ->
    ?assertEqual(5, class0('Counter', made)),
    ?assertEqual(6, class0('Counter', bump)),
    ?assertEqual(7, class0('Counter', bump)),
    ?assertEqual(5, class0('SubCounter', made)),
    ?assertEqual(6, class0('SubCounter', bump)),
    ?assertEqual(7, class0('Counter', made)).

t_metaclass() ->
    C = beamtalk_primitive:class_of(42),
    M = beamtalk_primitive:class_of(C),
    ?assertEqual(class_ref('Integer'), C),
    ?assertEqual(<<"Integer class">>, send0(M, name)),
    ?assertEqual(<<"Integer class">>, send0(M, printString)),
    ?assertEqual(M, beamtalk_primitive:class_of(M)),
    ?assertEqual(C, send0(M, thisClass)),
    ?assertEqual(beamtalk_primitive:class_of(class_ref('Number')), send0(M, superclass)),
    ?assertEqual(class0('Point', new), send0(beamtalk_primitive:class_of(class_ref('Point')), origin)),
    ?assertEqual(class_ref('Point'), send0(beamtalk_primitive:class_of(class_ref('Point')), me)),
    E = caught(fun() -> send0(M, zork) end),
    ?assertEqual(<<"Metaclass does not understand this message">>, beamtalk_exception_handler:hint(E)).

t_instantiation() ->
    I = fun(C, S, A) -> kind(fun() -> beamtalk_message_dispatch:class(C, S, A) end) end,
    ?assertEqual(instantiation_error, I('Integer', 'new:', [3])),
    ?assertEqual(instantiation_error, I('Integer', new, [])),
    ?assertEqual(instantiation_error, I('Number', new, [])),
    ?assertEqual(instantiation_error, I('Shape', new, [])),
    ?assertEqual(type_error, I('Dictionary', 'new:', [3])),
    ?assertEqual({no_error, #{a => 1}}, I('Dictionary', 'new:', [#{a => 1}])),
    ?assertEqual(instantiation_error, I('List', 'new:', [#{}])),
    ?assertEqual({no_error, []}, I('List', new, [])),
    ?assertEqual(type_error, I('Point', 'new:', [3])),
    ?assertEqual(type_error, I('Counter', 'spawnWith:', [3])),
    E = caught(fun() -> class0('Counter', new) end),
    ?assertEqual(<<"Cannot call 'new' on Actor">>, beamtalk_exception_handler:message(E)),
    ?assertEqual(<<"Use spawn instead">>, beamtalk_exception_handler:hint(E)),
    E2 = caught(fun() -> class0('Shape', new) end),
    ?assertEqual(<<"Abstract classes cannot be instantiated. Subclass it first.">>, beamtalk_exception_handler:hint(E2)).

t_actor() ->
    C = class0('Plain', spawn),
    ?assertMatch({beamtalk_object, 'Plain', 'bt@plain', _}, C),
    A = class1('Counter', 'spawnWith:', #{n => 10}),
    F = send1(A, 'add:', 2),
    ?assertMatch({beamtalk_future, _}, F),
    ?assertEqual(13, beamtalk_future:await(F)),
    ?assertEqual(13, beamtalk_future:await(F)),
    nil = tell1(A, 'add:', 1),
    ?assertEqual(14, ask0(A, n)),
    ?assertEqual(<<"14">>, send0(send0(A, n), printString)),
    ?assertEqual(A, ask0(A, me)),
    ?assertEqual(<<"a Counter">>, beamtalk_interpolation:segment(A)),
    ?assertEqual({ok, 14}, gen_server:call(element(4, A), {n, []})),
    ?assertEqual(14, beamtalk_future:await(beamtalk_dispatch:send('bt@counter', n, [], A))),
    ?assertEqual(14, maps:get(n, sys:get_state(element(4, A)))),
    B = class0('Counter', spawn),
    ?assertEqual(1, ask1(A, 'ask:', B)),
    ?assertEqual(1, beamtalk_future:await(send1(A, 'ask:', B))).

t_actor_failure() ->
    A = class0('Counter', spawn),
    E = caught(fun() -> ask1(A, 'fail:', 5) end),
    ?assertEqual(user_error, beamtalk_exception_handler:kind(E)),
    ?assertEqual(<<"no">>, beamtalk_exception_handler:message(E)),
    ?assertEqual('Counter', beamtalk_exception_handler:error_class(E)),
    ?assertEqual(user_error, kind(fun() -> beamtalk_future:await(send1(A, 'fail:', 5)) end)),
    ?assertEqual(does_not_understand, kind(fun() -> ask0(A, zork) end)),
    nil = tell1(A, 'fail:', 5),
    ?assertEqual(1, ask0(A, n)).

t_raw_through_actor() ->
    A = class0('Counter', spawn),
    ?assertEqual(badarith, kind(fun() -> beamtalk_future:await(send1(A, 'bad:', 5)) end)),
    ?assertEqual(badarith, kind(fun() -> ask1(A, 'bad:', 5) end)),
    E = caught(fun() -> ask1(A, 'bad:', 5) end),
    ?assertEqual(runtime_error, beamtalk_exception_handler:kind(E)),
    ?assertEqual(<<"badarith">>, beamtalk_exception_handler:message(E)),
    ?assertEqual(1, ask0(A, n)).

t_self_deadlock() ->
    A = class0('Counter', spawn),
    ?assertEqual(timeout, kind(fun() -> ask0(A, selfAsk) end)).

t_actor_lifecycle() ->
    true = register(beamtalk_test_sink, self()),
    A = class0('Counter', spawn),
    ?assertEqual(true, beamtalk_future:await(send0(A, isAlive))),
    ?assert(is_reference(ask0(A, monitor))),
    ?assertEqual(ok, beamtalk_future:await(send0(A, stop))),
    receive terminated -> ok after 1000 -> error(no_terminate) end,
    ?assertEqual(ok, beamtalk_future:await(send0(A, stop))),
    ?assertEqual(ok, ask0(A, stop)),
    ?assertEqual(ok, ask0(A, kill)),
    ?assertEqual(false, ask0(A, isAlive)),
    true = unregister(beamtalk_test_sink),
    E = caught(fun() -> beamtalk_future:await(send0(A, n)) end),
    ?assertEqual(<<"Cannot send 'n' to Counter (actor process has terminated)">>, beamtalk_exception_handler:message(E)),
    ?assertEqual(actor_dead, kind(fun() -> ask0(A, n) end)),
    B = class0('Plain', spawn),
    ok = sys:suspend(element(4, B)),
    F = send0(B, yourself),
    ok = ask0(B, kill),
    ?assertEqual(actor_dead, kind(fun() -> beamtalk_future:await(F) end)).

t_initialize() ->
    ?assertEqual(1, ask0(class0('Counter', spawn), n)),
    ?assertEqual(user_error, kind(fun() -> class0('Broken', spawn) end)).

t_actor_reflection() ->
    A = class0('Counter', spawn),
    ?assertEqual([n], beamtalk_future:await(beamtalk_primitive:field_names(A))),
    ?assertEqual(1, beamtalk_future:await(beamtalk_primitive:field_at(A, n))),
    ?assertEqual(nil, ask1(A, 'fieldAt:', nope)),
    ?assertEqual(9, beamtalk_future:await(beamtalk_primitive:field_at_put(A, n, 9))),
    ?assertEqual(<<"a Counter (n: 9)">>, ask0(A, inspect)),
    ?assertEqual(9, ask1(A, 'perform:', n)),
    ?assertEqual(immutable_value, kind(fun() -> beamtalk_primitive:field_at(3, x) end)),
    ?assertEqual(immutable_value, kind(fun() -> send2(3, 'fieldAt:put:', x, 1) end)),
    ?assertEqual([x, y], beamtalk_primitive:field_names(class0('Point', new))),
    ?assert(beamtalk_primitive:responds_to(A, stop)),
    ?assert(beamtalk_primitive:responds_to(A, isNil)),
    ?assertNot(beamtalk_primitive:responds_to(A, zork)).

t_future() ->
    F = beamtalk_future:pending(),
    ?assertEqual(pending, beamtalk_future:state(F)),
    ?assertEqual(timeout, kind(fun() -> beamtalk_future:await(F, 10) end)),
    Me = self(),
    F = beamtalk_future:when_resolved(F, fun(V) -> Me ! {got, V} end),
    ok = beamtalk_future:resolve(F, 1),
    ok = beamtalk_future:resolve(F, 2),
    receive {got, V} -> ?assertEqual(1, V) after 1000 -> error(no_callback) end,
    ?assertEqual(1, beamtalk_future:await_forever(F)),
    ?assertEqual(7, beamtalk_future:await(7)),
    ?assertEqual(resolved, beamtalk_future:state(F)),
    {beamtalk_future, P} = F,
    P ! {await, Me},
    receive {future_resolved, P, 1} -> ok after 1000 -> error(no_reply) end,
    ?assertEqual(1, send0(P, await)),
    %% The process of a future is one from the start, before it has run.
    _ = [?assertEqual(N, beamtalk_future:await(element(2, beamtalk_future:resolved(N)))) || N <- lists:seq(1, 50)],
    ?assertEqual(2, send0(F, double)),
    G = beamtalk_future:pending(),
    ok = beamtalk_future:resolve(G, F),
    ?assertEqual(1, beamtalk_future:await(G)),
    ?assertEqual(true, beamtalk_message_dispatch:to_boolean(beamtalk_future:resolved(true), 'ifTrue:')),
    ?assertEqual(does_not_understand, kind(fun() -> beamtalk_message_dispatch:to_boolean(5, 'ifTrue:') end)).

t_forwarding() ->
    A = class0('Counter', spawn),
    P = class1('Proxy', 'spawnWith:', #{target => A}),
    ?assertEqual(4, ask1(P, 'add:', 3)),
    ?assertEqual(<<"a Proxy">>, ask0(P, printString)).

t_extension() ->
    P = class0('Point3', new),
    ok = beamtalk_extensions:register('Integer', thrice, fun([], N) -> N * 3 end, me),
    ?assertEqual(12, send0(4, thrice)),
    ?assert(beamtalk_primitive:responds_to(4, thrice)),
    ok = beamtalk_extensions:register('Point', 'by:', fun([K], Self) -> maps:get(x, Self) + K end, me),
    ?assertEqual(5, send1(P, 'by:', 5)),
    ok = beamtalk_extensions:register('Point', describe, fun([], _) -> <<"patched">> end, me),
    ?assertEqual(<<"patched">>, send0(class0('Point', new), describe)),
    ?assertEqual(0, send0(class0('Point', new), x)),
    ?assertEqual(<<"a Point">>, send0(class0('Point', new), printString)),
    ok = beamtalk_extensions:register('Point', describe, fun([], _) -> <<"other">> end, you),
    ?assertMatch([_], beamtalk_extensions:conflicts()),
    {ok, Describe, you} = beamtalk_extensions:lookup('Point', describe),
    ?assertEqual(<<"other">>, Describe([], P)),
    ?assertEqual([true, false], [beamtalk_extensions:has('Point', S) || S <- [describe, x]]),
    ?assertEqual(not_found, beamtalk_extensions:lookup('Point', x)),
    {ok, _} = beamtalk_fixtures:load(hd(classes())),
    ?assertEqual(<<"point">>, send0(class0('Point', new), describe)),
    ?assertEqual(5, send1(P, 'by:', 5)),
    ok = beamtalk_extensions:register('Point class', 'at:', fun([K], _) -> {at, K} end, me),
    ?assertEqual({at, 1}, class1('Point3', 'at:', 1)).

t_extension_and_super() ->
    P = class0('Point3', new),
    ok = beamtalk_extensions:register('Point', describe, fun([], _) -> <<"patched">> end, me),
    ?assertEqual(<<"3d patched">>, send0(P, describe)),
    ok = beamtalk_extensions:unregister('Point', describe),
    ?assertEqual(<<"3d point">>, send0(P, describe)).

t_extension_of_the_class_side() ->
    Spec = #{class => 'Made', class_methods => [{who, [], "own"}]},
    {ok, _} = beamtalk_fixtures:load(Spec),
    {ok, _} = beamtalk_fixtures:load(#{class => 'MadeSub', superclass => 'Made'}),
    Who = fun(Class) -> class0(Class, who) end,
    Register = fun(Class, Answer) -> ok = beamtalk_extensions:register(Class, who, fun([], _) -> Answer end, me) end,
    Register('Made class', replaced),
    Register('MadeSub class', added),
    ?assertEqual([replaced, added], [Who('Made'), Who('MadeSub')]),
    ?assertEqual(added, send0(beamtalk_primitive:class_of(class_ref('MadeSub')), who)),
    %% Loading the class brings its method back; it does not touch the other class.
    {ok, _} = beamtalk_fixtures:load(Spec),
    ?assertEqual([own, added], [Who('Made'), Who('MadeSub')]),
    %% A class of the same name later does not inherit from the one that is gone.
    nil = class0('MadeSub', removeFromSystem),
    {ok, _} = beamtalk_fixtures:load(#{class => 'MadeSub', superclass => 'Made'}),
    ?assertEqual(own, Who('MadeSub')).

t_dynamic_class() ->
    B = class0('Object', classBuilder),
    _ = send1(B, 'name:', 'Lamp'),
    _ = send2(B, 'addField:default:', on, false),
    _ = send2(B, 'addField:default:', watt, 40),
    _ = send2(B, 'addMethod:body:', 'plus:', fun(S, K) -> maps:get(watt, S) + K end),
    _ = send2(B, 'addMethod:body:', hello, fun() -> <<"hi">> end),
    C = ask0(B, register),
    ?assertEqual(class_ref('Lamp'), C),
    L = class0('Lamp', new),
    ?assertMatch({beamtalk_future, _}, send0(L, on)),
    ?assertEqual(false, ask0(L, on)),
    ?assertEqual(42, ask1(L, 'plus:', 2)),
    ?assertEqual(<<"hi">>, ask0(L, hello)),
    ?assertEqual(<<"a Lamp">>, ask0(L, printString)),
    ?assertEqual(60, ask0(class1('Lamp', 'new:', #{watt => 60}), watt)),
    ?assertEqual(does_not_understand, kind(fun() -> ask0(L, zork) end)),
    ?assertEqual([hello, on, 'plus:', watt], send0(C, methods)),
    ?assert(beamtalk_reflection:can_understand(C, isNil)),
    ?assertEqual(false, ask0(B, isAlive)),
    ?assertEqual(nil, send0(C, removeFromSystem)),
    ?assertEqual(class_not_found, kind(fun() -> class0('Lamp', new) end)),
    ?assertEqual(class_not_found, kind(fun() -> send0(C, new) end)).

t_builder_errors() ->
    B = class0('Object', classBuilder),
    ?assertEqual(missing_parameter, kind(fun() -> ask0(B, register) end)),
    _ = send1(B, 'name:', 3),
    ?assertEqual(type_error, kind(fun() -> ask0(B, register) end)),
    D = class0('Integer', classBuilder),
    _ = send1(D, 'name:', 'Foo'),
    ?assertEqual(instantiation_error, kind(fun() -> ask0(D, register) end)).

t_protected() ->
    {error, E} = beamtalk_fixtures:load(#{class => 'Integer'}),
    ?assertEqual(<<"Cannot redefine stdlib class 'Integer'">>, E#beamtalk_error.message),
    {error, S} = beamtalk_fixtures:load(#{class => 'MyInt', superclass => 'Integer'}),
    ?assertEqual(instantiation_error, S#beamtalk_error.kind),
    ?assertNot(beamtalk_class_registry:is_registered('MyInt')),
    {Module, Binary} = beamtalk_fixtures:beam(#{class => 'MyInt', superclass => 'Integer'}),
    ?assertMatch({error, on_load_failure}, code:load_binary(Module, "x", Binary)),
    ?assertMatch(#beamtalk_error{}, beamtalk_load_notes:take_refusal(Module)),
    ?assertEqual(runtime_error, kind(fun() -> class0('Integer', removeFromSystem) end)).

t_redefinition() ->
    {ok, _} = beamtalk_object_class:start('Dup', #{module => other_mod}),
    {ok, #{warnings := W}} = beamtalk_fixtures:load(#{class => 'Dup'}),
    ?assertEqual([<<"Class 'Dup' redefined (was other_mod, now bt@dup)">>], W),
    {ok, #{warnings := W2}} = beamtalk_fixtures:load(#{class => 'Dup'}),
    ?assertEqual([], W2).

t_hot_reload() ->
    V1 = #{class => 'Hot', superclass => 'Actor', kind => actor, fields => [{a, "1"}, {b, "2"}],
           class_vars => [{v, "1"}], methods => [{go, [], "maps:get(a, get('$beamtalk_state'))"}],
           class_methods => [{set, [], "beamtalk_class_vars:put(Self, v, 9)"}, {v, [], "beamtalk_class_vars:get(Self, v)"}]},
    {ok, _} = beamtalk_fixtures:load(V1),
    {ok, _} = beamtalk_fixtures:load(#{class => 'SubHot', superclass => 'Hot', kind => actor}),
    A = class1('Hot', 'spawnWith:', #{a => 5}),
    S = class0('SubHot', spawn),
    9 = class0('Hot', set),
    ?assertEqual(5, ask0(A, go)),
    V2 = V1#{fields => [{a, "1"}, {c, "5"}], methods => [{go, [], "maps:get(c, get('$beamtalk_state'))"}, {more, [], "more"}]},
    {ok, R} = beamtalk_fixtures:load(V2),
    ?assertMatch(#{migrated := 2, failed := []}, R),
    ?assertEqual(5, ask0(A, go)),
    ?assertEqual(5, ask0(S, go)),
    ?assertEqual(more, ask0(A, more)),
    ?assertEqual([a, c], ask0(A, fieldNames)),
    ?assertEqual(5, ask1(A, 'fieldAt:', a)),
    ?assertEqual(9, class0('Hot', v)).

t_hot_reload_of_a_busy_actor() ->
    V1 = #{class => 'BusyHot', superclass => 'Actor', kind => actor, fields => [{a, "1"}],
           methods => [{slow, [], "receive go -> 1 end"}, {a, [], "maps:get(a, get('$beamtalk_state'))"}]},
    {ok, _} = beamtalk_fixtures:load(V1),
    {beamtalk_object, _, _, Pid} = A = class0('BusyHot', spawn),
    Slow = beamtalk_message_dispatch:send0(A, slow),
    V2 = V1#{fields => [{a, "1"}, {b, "5"}], methods => [{slow, [], "0"}, {b, [], "maps:get(b, get('$beamtalk_state'))"}]},
    {ok, R} = beamtalk_fixtures:load(V2),
    ?assertMatch(#{migrated := 0, failed := [], pending := [Pid]}, R),
    Pid ! go,
    ?assertEqual(1, beamtalk_future:await(Slow)),
    ?assertEqual(5, ask0(A, b)).

t_parallel_loads_of_a_class() ->
    Spec = #{class => 'Parallel', methods => [{x, [], "1"}]},
    Loads = [spawn_monitor(fun() -> exit(element(1, beamtalk_fixtures:load(Spec))) end) || _ <- lists:seq(1, 20)],
    ?assertEqual([ok], lists:usort([receive {'DOWN', Ref, process, Pid, Result} -> Result end || {Pid, Ref} <- Loads])),
    ?assertEqual(1, ask0(class0('Parallel', new), x)).

t_superclass_cycles() ->
    {ok, _} = beamtalk_fixtures:load(#{class => 'CycleA'}),
    {ok, _} = beamtalk_fixtures:load(#{class => 'CycleB', superclass => 'CycleA'}),
    Refused = fun(Class, Superclass) ->
        {error, Error} = beamtalk_fixtures:load(#{class => Class, superclass => Superclass}),
        beamtalk_exception_handler:message(beamtalk_error:to_exception(Error))
    end,
    Text = <<" cannot be a subclass of CycleB: that is the class itself or inherits from it">>,
    ?assertEqual(<<"CycleA", Text/binary>>, Refused('CycleA', 'CycleB')),
    ?assertEqual(<<"CycleB", Text/binary>>, Refused('CycleB', 'CycleB')),
    ?assertMatch({ok, _}, beamtalk_fixtures:load(#{class => 'CycleB', superclass => 'CycleA'})).

t_remove() ->
    {ok, _} = beamtalk_fixtures:load(#{class => 'Base', superclass => 'Actor', kind => actor}),
    {ok, _} = beamtalk_fixtures:load(#{class => 'Leaf', superclass => 'Base', kind => actor}),
    A = class0('Leaf', spawn),
    E = caught(fun() -> class0('Base', removeFromSystem) end),
    ?assertEqual(<<"Remove subclasses first: Leaf">>, beamtalk_exception_handler:hint(E)),
    ?assertEqual(nil, class0('Leaf', removeFromSystem)),
    ?assertEqual(false, ask0(A, isAlive)),
    ?assertNot(lists:member('Leaf', beamtalk_class_registry:all_classes())),
    ?assertEqual(nil, class0('Base', removeFromSystem)).

t_operators() ->
    P = class1('Point', 'new:', #{x => 3}),
    ?assertEqual(6, beamtalk_operators:'+'(P, P)),
    ?assertError(badarith, beamtalk_operators:'+'(<<"a">>, 1)),
    ?assertError(badarith, beamtalk_operators:'-'(P, 1)),
    ?assertError(badarith, beamtalk_operators:'/'(1, 0)),
    ?assertError(badarith, beamtalk_operators:'**'(nil, 2)),
    ?assertEqual(5.0, beamtalk_operators:'/'(20, 4)),
    ?assertEqual(-1, beamtalk_operators:'%'(-9, 4)),
    ?assertEqual(1267650600228229401496703205376, beamtalk_operators:'**'(2, 100)),
    ?assertEqual(1, beamtalk_operators:'**'(0, 0)),
    ?assertEqual(6, beamtalk_operators:'**'(2.5, 2)),
    ?assertError(badarg, beamtalk_operators:'++'(<<"a">>, 3)),
    ?assertEqual([1, 2], beamtalk_operators:'++'([1], [2])),
    ?assertEqual(true, beamtalk_operators:'<'(1, a)).

t_exceptions() ->
    E = caught(fun() -> send1(class0('Overdrawn', new), 'signal:', <<"x">>) end),
    ?assertEqual('Overdrawn', maps:get(?BT_TAG, E)),
    ?assertEqual(signal, beamtalk_exception_handler:kind(E)),
    ?assertEqual('Overdrawn', beamtalk_exception_handler:error_class(E)),
    F = caught(fun() -> send0(class0('Overdrawn', new), signal) end),
    ?assertEqual(<<"Overdrawn">>, beamtalk_exception_handler:message(F)),
    G = caught(fun() -> send0(E, signal) end),
    ?assertEqual(E, G),
    H = caught(fun() -> send1(7, 'error:', oops) end),
    ?assertEqual({user_error, 'Integer', <<"oops">>, 'Error'},
        {beamtalk_exception_handler:kind(H), beamtalk_exception_handler:error_class(H),
         beamtalk_exception_handler:message(H), maps:get(?BT_TAG, H)}),
    ?assertEqual(<<"a Overdrawn">>, send0(class0('Overdrawn', new), printString)).

t_on_do() ->
    H = fun(C, R, F) ->
        try beamtalk_exception_handler:handle(C, R, [], F) of
            X -> maps:get(?BT_TAG, X)
        catch
            C2:R2 -> {C2, R2}
        end
    end,
    ?assertEqual('RuntimeError', H(error, badarith, class_ref('Error'))),
    ?assertEqual('RuntimeError', H(error, badarith, nil)),
    ?assertEqual({error, badarith}, H(error, badarith, class_ref('TypeError'))),
    ?assertEqual({error, badarith}, H(error, badarith, class_ref('Object'))),
    ?assertEqual({error, badarith}, H(error, badarith, type_error)),
    ?assertEqual('ExitError', H(exit, 250, class_ref('Error'))),
    ?assertEqual('ThrowError', H(throw, x, 'BEAMError')),
    ?assertEqual({throw, {'$beamtalk_nlr', a, b}}, H(throw, {'$beamtalk_nlr', a, b}, nil)),
    ?assertEqual(dead_home, kind(fun beamtalk_exception_handler:dead_home/0)),
    E = caught(fun() -> exit(250) end),
    ?assertEqual(<<"250">>, beamtalk_exception_handler:message(E)),
    U = caught(fun() -> (list_to_atom("lists")):nope(1) end),
    ?assertEqual(<<"Undefined function: lists:nope/1">>, beamtalk_exception_handler:message(U)),
    F = fun(_, _) -> ok end,
    A = caught(fun() -> F(1) end),
    ?assertEqual(<<"Wrong number of arguments: block expects 2 but was called with 1">>, beamtalk_exception_handler:message(A)),
    B = caught(fun() -> beamtalk_block:value(F) end),
    ?assertEqual(arity_mismatch, beamtalk_exception_handler:kind(B)).

t_erlang_proxy() ->
    L = class0('Erlang', lists),
    ?assertEqual([3, 2, 1], send1(L, 'reverse:', [1, 2, 3])),
    ?assertEqual([1, 2], send2(L, 'seq:with:', 1, 2)),
    ?assertEqual(<<"#ErlangModule<lists>">>, send0(L, printString)),
    ?assertEqual(does_not_understand, kind(fun() -> send0(class0('Erlang', no_such_module), foo) end)),
    ?assertEqual(does_not_understand, kind(fun() -> send0(L, nope) end)),
    ?assertEqual(arity_mismatch, kind(fun() -> send0(L, reverse) end)),
    ?assertEqual(type_error, kind(fun() -> send1(class0('Erlang', erlang), 'atom_to_list:', 1) end)),
    ?assertEqual(does_not_understand, kind(fun() -> class1('Erlang', 'foo:', 1) end)),
    ?assert(lists:member(<<"reverse/1">>, beamtalk_erlang_proxy:methods(L))).

t_globals() ->
    ?assertEqual(nil, beamtalk_message_dispatch:global1('Transcript', 'show:', 1)),
    ok = beamtalk_message_dispatch:set_global('Transcript', 5),
    ?assertEqual(10, beamtalk_message_dispatch:global0('Transcript', double)),
    ok = beamtalk_message_dispatch:set_global('Transcript', nil),
    ?assertEqual(nil, beamtalk_message_dispatch:global('Transcript')).

t_lock() ->
    C = class_ref('SubCounter'),
    Me = self(),
    {P, Ref} = spawn_monitor(fun() ->
        beamtalk_class_vars:locked(C, fun() -> Me ! locked, receive never -> ok end end)
    end),
    receive locked -> ok end,
    exit(P, kill),
    ?assertEqual(done, beamtalk_class_vars:locked(C, fun() -> beamtalk_class_vars:locked(C, fun() -> done end) end)),
    receive {'DOWN', Ref, process, _, _} -> ok end.

t_class_process_crash() ->
    Before = class0('SubCounter', bump),
    exit(whereis(beamtalk_class_SubCounter), kill),
    ?assertEqual(Before + 1, class0('SubCounter', bump)),
    exit(whereis(beamtalk_class_sup), kill),
    ?assertEqual(Before + 2, class0('SubCounter', bump)),
    ?assertEqual('Counter', class0('Counter', name)).

t_concurrent_class_methods() ->
    Before = class0('Counter', made),
    Runs = [spawn_monitor(fun() -> [class0('Counter', bump) || _ <- lists:seq(1, 50)] end) || _ <- lists:seq(1, 8)],
    _ = [receive {'DOWN', Ref, process, _, normal} -> ok end || {_, Ref} <- Runs],
    ?assertEqual(Before + 400, class0('Counter', made)).

t_instances() ->
    A = class0('Plain', spawn),
    B = class0('Plain', spawn),
    All = beamtalk_object_instances:references('Plain'),
    ?assertEqual([A, B], lists:nthtail(length(All) - 2, All)),
    ok = ask0(B, kill),
    ?assertEqual(A, lists:last(beamtalk_object_instances:references('Plain'))).

t_unknown_class() ->
    E = caught(fun() -> class_ref('Zork') end),
    ?assertEqual(<<"Class 'Zork' not found">>, beamtalk_exception_handler:message(E)),
    ?assertEqual(<<"Define Zork with: Object subclass: Zork">>, beamtalk_exception_handler:hint(E)),
    ?assertEqual(class_not_found, kind(fun() -> class0('Zork', new) end)).

t_arity() ->
    ?assertEqual(arity_mismatch, kind(fun() -> beamtalk_primitive:perform(3, double, [1]) end)),
    _ = [?assertEqual(type_error, kind(fun() -> beamtalk_primitive:perform(3, S, []) end)) || S <- [<<"x">>, nil, true, 3]],
    _ = [?assertEqual(type_error, kind(fun() -> beamtalk_primitive:perform(3, '+', A) end)) || A <- [nil, {4}, [4 | 5]]],
    ?assertEqual(7, beamtalk_primitive:perform(3, '+', [4])).

t_dynamic_over_value() ->
    B = class0('Point', classBuilder),
    _ = send1(B, 'name:', 'MovingPoint'),
    _ = send2(B, 'addField:default:', speed, 3),
    _ = ask0(B, register),
    P = class1('MovingPoint', 'new:', #{x => 8}),
    ?assertEqual(8, ask0(P, x)),
    ?assertEqual(3, ask0(P, speed)).

t_help() ->
    {ok, Text} = beamtalk_help:class('Integer'),
    ?assertMatch(<<"== Integer < Number ==\n[sealed]\nInstance methods:\n  +\n", _/binary>>, Text),
    ?assertNotEqual(nomatch, binary:match(Text, <<"Inherited from Object (">>)),
    ?assertEqual({ok, <<"Integer >> isNil\n(inherited from Object)\n  isNil">>}, beamtalk_help:method('Integer', isNil)),
    ?assertMatch({error, <<"Integer does not understand zork.", _/binary>>}, beamtalk_help:method('Integer', zork)),
    ?assertMatch({error, <<"Unknown class: Foo", _/binary>>}, beamtalk_help:class('Foo')).

t_docs() ->
    Source = <<"/// A box.\n/// Small.\nObject subclass: Box\n  /// Puts in.\n  fill: n => self.n := n\n">>,
    At = fun(T) -> {S, L} = binary:match(Source, T), {S, S + L} end,
    {S, E} = At(<<"fill: n => self.n := n">>),
    {ok, _} = beamtalk_fixtures:load(#{class => 'Box', methods => [{'fill:', ["N"], "N"}], meta => #{
        source => Source, doc => At(<<"/// A box.\n/// Small.\n">>),
        methods => [{'fill:', false, S, E, At(<<"/// Puts in.\n">>), 5, <<"fill: n">>}]}}),
    Box = class_ref('Box'),
    ?assertEqual(<<"A box.\nSmall.">>, beamtalk_reflection:doc(Box)),
    M = beamtalk_reflection:method(Box, 'fill:'),
    ?assertMatch(#{source := <<"fill: n => self.n := n">>, doc := <<"Puts in.">>, argumentCount := 1}, M),
    ?assertEqual(<<"a CompiledMethod(fill:)">>, beamtalk_printer:print_string(M)),
    Box = beamtalk_reflection:set_doc(Box, <<"new">>),
    Box = beamtalk_reflection:set_doc_for_method(Box, 'fill:', <<"other">>),
    ?assertEqual(<<"new">>, beamtalk_reflection:doc(Box)),
    ?assertMatch(#{doc := <<"other">>}, beamtalk_reflection:method(Box, 'fill:')),
    ?assertEqual(nil, beamtalk_reflection:method(Box, nope)),
    ?assertEqual(type_error, kind(fun() -> beamtalk_primitive:method_of(9, x) end)).

t_still_in_use() ->
    %% A class whose old code a process is inside of is not loaded over by accident.
    Slow = #{class => 'Slow', superclass => 'Actor', kind => actor, methods => [
        {'wait:', ["P"], "P ! here, receive go -> P ! gone end"}]},
    {ok, _} = beamtalk_fixtures:load(Slow),
    A = class0('Slow', spawn),
    nil = tell1(A, 'wait:', self()),
    receive here -> ok end,
    {ok, _} = beamtalk_fixtures:load(#{class => 'Slow2'}),
    {Module, Binary} = beamtalk_fixtures:beam(Slow),
    {module, Module} = code:load_binary(Module, "x", Binary),
    ?assertMatch({error, #beamtalk_error{kind = runtime_error}}, beamtalk_loader:load(Module, Binary)),
    element(4, A) ! go,
    receive gone -> ok end,
    _ = ask0(A, yourself),
    ?assertMatch({ok, _}, beamtalk_loader:load(Module, Binary)).

t_stack() ->
    E = caught(fun() -> send0(class0('Point', new), zork) end),
    Frames = beamtalk_exception_handler:stack_trace(E),
    ?assertMatch([_ | _], Frames),
    ?assert(lists:all(fun(F) -> is_atom(beamtalk_stack_frame:method(F)) andalso is_integer(beamtalk_stack_frame:arguments(F)) end, Frames)).
