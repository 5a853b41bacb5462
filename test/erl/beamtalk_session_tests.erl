%% Sessions with the real compiler and library.
-module(beamtalk_session_tests).

-include_lib("eunit/include/eunit.hrl").

session_test_() ->
    {setup, fun() -> {ok, _} = application:ensure_all_started(beamtalk_workspace) end, fun(_) -> ok end, [
        {"variables stay", fun variables_stay/0},
        {"an error leaves variables and binds _error", fun error_leaves_variables/0},
        {"an interrupt leaves variables and the session usable", fun interrupt_leaves_variables/0},
        {"a second evaluation at the same time is refused", fun one_at_a_time/0},
        {"output is captured", fun output_is_captured/0},
        {"futures are awaited", fun futures_are_awaited/0},
        {"a future that takes too long is shown as one", fun futures_time_out/0},
        {"a class can be defined, patched and defined again", fun class_life/0},
        {"methods with another text are noted", fun changed_methods_are_noted/0},
        {"a method added to a class of the library is known", fun library_class_is_patched/0},
        {"an extension replaces a method of numbers and texts", fun plain_values_are_extended/0},
        {"blocks outlive the module they came from", fun blocks_outlive/0},
        {"skip_checks lets questionable code run", fun skip_checks/0},
        {"the number of modules stays small", fun few_modules/0},
        {"an evaluation that takes too much memory ends, the session goes on", fun memory_has_a_limit/0},
        {"what would be copied without end stays where it is", fun endless_values_stay/0}
    ]}.

new() ->
    {ok, Session} = beamtalk_session:start(#{}),
    Session.

value(Session, Source) ->
    case beamtalk_session:eval(Session, Source) of
        #{result := {ok, Value}} -> beamtalk_repl_text:value(Value);
        #{result := {error, Failure}} -> {error, beamtalk_failure:text(Failure)}
    end.

notes(Session, Source) ->
    #{result := {ok, {_, _, Loaded}}} = beamtalk_session:eval(Session, Source),
    beamtalk_repl_text:notes([Loaded]).

note(Text) -> unicode:characters_to_binary([16#2713, " Hot-loaded: ", Text]).

changed_methods_are_noted() ->
    S = new(),
    Class = <<"Object subclass: NotedFib\n  fib: n => n\n\n  other => 1\n\n  class make => self new\n">>,
    ?assertEqual([], notes(S, Class)),
    ?assertEqual([], notes(S, Class)),
    ?assertEqual([], notes(S, <<"NotedFib >> added => 1">>)),
    ?assertEqual([note(["NotedFib>>fib: (v1 ", 16#2192, " v2)"])], notes(S, <<"NotedFib >> fib: n => n + 1">>)),
    ?assertEqual([], notes(S, <<"NotedFib >> fib: n => n + 1">>)),
    ?assertEqual([note(["NotedFib>>fib: (v2 ", 16#2192, " v3)"])], notes(S, Class)),
    ?assertEqual([note(["NotedFib class>>make (v1 ", 16#2192, " v2)"])], notes(S, <<"NotedFib class >> make => self new: #{}">>)),
    %% A text that is refused changes nothing.
    ?assertMatch({error, _}, value(S, <<"NotedFib >> other => (">>)),
    ?assertEqual([note(["NotedFib>>other (v1 ", 16#2192, " v2)"])], notes(S, <<"NotedFib >> other => 2">>)),
    Many = fun(Value) -> [["  m", integer_to_list(N), " => ", Value, "\n\n"] || N <- lists:seq(1, 8)] end,
    Numbered = fun(Value) -> iolist_to_binary(["Object subclass: NotedMany\n" | Many(Value)]) end,
    ?assertEqual([], notes(S, Numbered("1"))),
    Told = notes(S, Numbered("2")),
    ?assertEqual([note(["NotedMany>>m1 (v1 ", 16#2192, " v2)"]), unicode:characters_to_binary([16#2026, " and 3 more"])], [hd(Told), lists:last(Told)]),
    ?assertEqual(6, length(Told)),
    ?assertEqual(<<"nil">>, value(S, <<"NotedFib removeFromSystem">>)),
    ?assertEqual([], notes(S, Class)),
    ?assertEqual([note(["NotedFib>>fib: (v1 ", 16#2192, " v2)"])], notes(S, <<"NotedFib >> fib: n => n + 1">>)).

endless_values_stay() ->
    S = new(),
    Endless = <<"x := #(1). 1 to: 60 do: [:n | x := #(x, x)]. ">>,
    TooLarge = <<"The value, a variable or the error has more than 67108864 parts when it is copied\nHint: Answer a part of it; parts that are shared count each time">>,
    ?assertEqual({error, TooLarge}, value(S, <<Endless/binary, "x">>)),
    ?assertEqual({error, TooLarge}, value(S, <<Endless/binary, "7">>)),
    ?assertEqual({error, TooLarge}, value(S, <<Endless/binary, "x := [x]">>)),
    ?assertEqual(<<"1">>, value(S, <<Endless/binary, "x := x size - 1">>)),
    ?assertMatch({error, <<"Error: [[[", _/binary>>}, value(S, <<Endless/binary, "Erlang erlang error: x">>)),
    ?assertEqual(<<"3">>, value(S, <<"1 + 2">>)).

memory_has_a_limit() ->
    ok = application:set_env(beamtalk_workspace, max_heap_mib, 64),
    S = new(),
    {error, Text} = value(S, <<"(Stream from: 1) inject: #() into: [:all :n | all addFirst: n]">>),
    ?assertEqual(<<"Evaluation killed: it may have needed more than 64 MiB of memory (beamtalk_workspace, max_heap_mib)">>, Text),
    ok = application:unset_env(beamtalk_workspace, max_heap_mib),
    ?assertEqual(<<"3">>, value(S, <<"1 + 2">>)).

variables_stay() ->
    S = new(),
    ?assertEqual(<<"3">>, value(S, <<"x := 3">>)),
    ?assertEqual(<<"7">>, value(S, <<"x + 4">>)),
    ?assertEqual([{<<"x">>, 3}], beamtalk_session:bindings(S)),
    ok = beamtalk_session:clear(S),
    ?assertEqual([], beamtalk_session:bindings(S)).

error_leaves_variables() ->
    S = new(),
    _ = value(S, <<"x := 3">>),
    ?assertMatch({error, <<"RuntimeError: Integer does not understand 'foo'", _/binary>>}, value(S, <<"x foo">>)),
    ?assertEqual(<<"3">>, value(S, <<"x">>)),
    ?assertEqual(<<"does_not_understand">>, value(S, <<"_error kind">>)),
    ?assertMatch({error, _}, value(S, <<"3 +">>)),
    ?assertEqual(<<"does_not_understand">>, value(S, <<"_error kind">>)).

interrupt_leaves_variables() ->
    S = new(),
    _ = value(S, <<"x := 3">>),
    Caller = self(),
    spawn(fun() -> Caller ! {answer, endless(S)} end),
    ok = wait_busy(S),
    ok = beamtalk_session:interrupt(S),
    receive
        {answer, Answer} -> ?assertEqual({error, <<"Interrupted">>}, Answer)
    end,
    ?assertEqual(<<"3">>, value(S, <<"x">>)).

library_class_is_patched() ->
    S = new(),
    ?assertMatch(#{warnings := [_]}, beamtalk_session:eval(S, <<"[:x | 3 tripledHere]">>)),
    ?assertMatch(#{result := {ok, _}, warnings := []}, beamtalk_session:eval(S, <<"Integer >> tripledHere => self * 3">>)),
    ?assertMatch(#{result := {ok, {value, 12}}, warnings := []}, beamtalk_session:eval(S, <<"4 tripledHere">>)),
    ?assertMatch(#{warnings := [_]}, beamtalk_session:eval(S, <<"[:x | 3 tripledThere]">>)).

plain_values_are_extended() ->
    S = new(),
    ok = beamtalk_extensions:register('Integer', isEven, fun([], N) -> {mine, N} end, tests),
    ok = beamtalk_extensions:register('String', 'replaceAll:with:', fun([A, B], Self) -> [A, B, Self] end, tests),
    ?assertMatch(#{result := {ok, {value, {mine, 4}}}}, beamtalk_session:eval(S, <<"4 isEven">>)),
    ?assertMatch(#{result := {ok, {value, {mine, 4}}}}, beamtalk_session:eval(S, <<"4 perform: #isEven">>)),
    ?assertMatch(#{result := {ok, {value, [<<"b">>, <<"c">>, <<"abc">>]}}}, beamtalk_session:eval(S, <<"\"abc\" replaceAll: \"b\" with: \"c\"">>)),
    %% Another method of the class changes nothing about it; the last registration wins.
    _ = beamtalk_session:eval(S, <<"Integer >> quadrupledHere => self * 4">>),
    ?assertMatch(#{result := {ok, {value, {mine, 4}}}}, beamtalk_session:eval(S, <<"4 isEven">>)),
    ok = beamtalk_extensions:register('Integer', isEven, fun([], N) -> {yours, N} end, tests),
    ?assertMatch(#{result := {ok, {value, {yours, 4}}}}, beamtalk_session:eval(S, <<"4 isEven">>)),
    ok = beamtalk_extensions:unregister('Integer', isEven),
    ok = beamtalk_extensions:unregister('String', 'replaceAll:with:'),
    ?assertMatch(#{result := {ok, {value, true}}}, beamtalk_session:eval(S, <<"4 isEven">>)),
    ?assertMatch(#{result := {ok, {value, <<"acc">>}}}, beamtalk_session:eval(S, <<"\"abc\" replaceAll: \"b\" with: \"c\"">>)).

%% The other process asks for short evaluations all the time, and one of them may come first.
endless(S) ->
    case value(S, <<"[true] whileTrue: []">>) of
        {error, <<"An evaluation is already", _/binary>>} -> endless(S);
        Answer -> Answer
    end.

wait_busy(S) ->
    case {value(S, <<"1">>), value(S, <<"2">>), value(S, <<"3">>)} of
        {{error, _}, {error, _}, {error, _}} -> ok;
        _ -> wait_busy(S)
    end.

one_at_a_time() ->
    S = new(),
    spawn(fun() -> endless(S) end),
    ok = wait_busy(S),
    ?assertEqual([], beamtalk_session:bindings(S)),
    ok = beamtalk_session:interrupt(S).

output_is_captured() ->
    S = new(),
    #{output := Output} = beamtalk_session:eval(S, <<"Erlang io put_chars: \"hello\"">>),
    ?assertEqual(<<"hello">>, Output).

futures_are_awaited() ->
    S = new(),
    _ = value(S, <<"Actor subclass: SessionAdder\n  state: n = 0\n  add: k => self.n := self.n + k">>),
    ?assertEqual(<<"5">>, value(S, <<"a := SessionAdder spawn. a add: 5">>)),
    ?assertMatch({error, <<"RuntimeError: SessionAdder does not understand 'foo'", _/binary>>}, value(S, <<"a foo">>)).

futures_time_out() ->
    S = new(),
    _ = value(S, <<"Actor subclass: SessionSleeper\n  sleep => Erlang timer sleep: #infinity">>),
    #{result := {ok, Slow}} = beamtalk_session:eval(S, <<"f := SessionSleeper spawn sleep">>, #{await => 1}),
    ?assertMatch(<<"#Future<timeout,", _/binary>>, beamtalk_repl_text:value(Slow)),
    [{<<"f">>, Future}] = beamtalk_session:bindings(S),
    ?assertEqual(<<"#Future<pending>">>, beamtalk_display:text(Future)).

class_life() ->
    S = new(),
    ?assertEqual(<<"SessionLamp">>, value(S, <<"Actor subclass: SessionLamp\n  state: n = 1\n  n => self.n">>)),
    ?assertEqual(<<"1">>, value(S, <<"lamp := SessionLamp spawn. lamp n">>)),
    ?assertEqual(<<"SessionLamp>>n">>, value(S, <<"SessionLamp >> n => self.n + 100">>)),
    ?assertEqual(<<"101">>, value(S, <<"lamp n">>)),
    ?assertEqual(<<"SessionLamp">>, value(S, <<"Actor subclass: SessionLamp\n  state: n = 1\n  state: step = 5\n  n => self.step">>)),
    ?assertEqual(<<"5">>, value(S, <<"lamp n">>)),
    ?assertMatch({error, <<"Class not found: Nobody. Define", _/binary>>}, value(S, <<"Nobody >> x => 1">>)),
    ?assertMatch({error, <<"Cannot redefine stdlib class 'Integer'", _/binary>>}, value(S, <<"Object subclass: Integer\n  x => 1">>)).

%% A block stays as long as somebody has it, wherever that is; the modules of the others go.
blocks_outlive() ->
    S = new(),
    _ = value(S, <<"twice := [:x | x * 2]">>),
    _ = value(S, <<"n := 3. kept := #{#add => [:x | x + n]}">>),
    {ok, Outside} = beamtalk:eval(<<"[:x | x + 5]">>),
    _ = [value(S, <<"other := [:x | x + 1]">>) || _ <- lists:seq(1, 400)],
    ?assertEqual(<<"42">>, value(S, <<"twice value: 21">>)),
    ?assertEqual(<<"7">>, value(S, <<"(kept at: #add) value: 4">>)),
    ?assertEqual(6, Outside(1)),
    ?assert(length(eval_modules()) < 250).

skip_checks() ->
    S = new(),
    #{result := {error, Failure}} = beamtalk_session:eval(S, <<"Collection new">>, #{skip_checks => true, workspace_mode => false}),
    ?assert(lists:member(instantiation_error, beamtalk_failure:kinds(Failure))).

few_modules() ->
    S = new(),
    _ = [value(S, <<"1 + 2">>) || _ <- lists:seq(1, 50)],
    ?assert(length(eval_modules()) < 250).

eval_modules() -> [M || {M, _} <- code:all_loaded(), "beamtalk_repl_eval_" ++ _ <- [atom_to_list(M)]].
