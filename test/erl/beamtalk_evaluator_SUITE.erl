%%% @doc Sessions of the evaluator, on the library in the node and on the process beside it: values, budgets, pauses, interrupts, the border of the sandbox,
%%% blocks that leave the machine, owners that die.
-module(beamtalk_evaluator_SUITE).

-include_lib("stdlib/include/assert.hrl").
-include("beamtalk.hrl").

-export([all/0, groups/0, init_per_suite/1, end_per_suite/1, init_per_group/2, end_per_group/2]).
-export([
    values_and_variables/1,
    failures_leave_variables/1,
    what_is_no_program_is_rejected/1,
    values_cross_without_loss/1,
    arrays_are_those_of_the_library/1,
    effects/1,
    blocks_run_wherever_they_are/1,
    returns_and_exceptions_pass_the_border/1,
    reductions_end_an_input/1,
    time_ends_an_input/1,
    memory_ends_an_input/1,
    limits_are_no_exceptions/1,
    a_pause_can_be_resumed/1,
    slicing_changes_nothing/1,
    interrupt/1,
    the_gate_refuses/1,
    the_gate_lets_what_is_listed_through/1,
    no_module_and_no_atom/1,
    an_owner_that_dies_frees_everything/1,
    neighbours_are_served/1,
    sixty_four_at_once/1,
    a_class_that_changes/1,
    extensions_of_the_node/1,
    options_are_checked/1
]).

all() ->
    [{group, nif}, {group, port}].

groups() ->
    Cases = [Name || {Name, 1} <- ?MODULE:module_info(exports), Name =/= module_info, Name =/= init_per_suite, Name =/= end_per_suite],
    [{nif, Cases}, {port, Cases -- [sixty_four_at_once, neighbours_are_served]}].

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

new() -> new(#{}).

new(Options) ->
    {ok, Session} = beamtalk_evaluator:new(Options),
    Session.

value(Session, Source) ->
    {ok, Value, _} = beamtalk_evaluator:eval(Session, Source),
    Value.

raised(Session, Source) ->
    {error, {raised, #{error := #beamtalk_error{kind = Kind}}}, _} = beamtalk_evaluator:eval(Session, Source),
    Kind.

%%% Values

values_and_variables(_) ->
    S = new(),
    3 = value(S, <<"1 + 2">>),
    {ok, [1, 2], #{bindings := #{<<"x">> := [1, 2]}, tier := 0, output := <<>>}} = beamtalk_evaluator:eval(S, "x := #(1, 2)"),
    [2, 1] = value(S, <<"x reversed">>),
    {ok, 7, #{bindings := Assigned}} = beamtalk_evaluator:eval(S, "3 + 4"),
    0 = map_size(Assigned),
    ok = beamtalk_evaluator:bind(S, y, #{a => 1.5}),
    1.5 = value(S, <<"y at: #a">>),
    #{<<"x">> := [1, 2], <<"y">> := #{a := 1.5}} = beamtalk_evaluator:bindings(S),
    ok = beamtalk_evaluator:reset(S),
    0 = map_size(beamtalk_evaluator:bindings(S)),
    {error, {rejected, #{diagnostics := [_ | _]}}, _} = beamtalk_evaluator:eval(S, "x"),
    ok = beamtalk_evaluator:close(S).

failures_leave_variables(_) ->
    S = new(),
    1 = value(S, <<"x := 1">>),
    runtime_error = raised(S, <<"x := 2. 1 / 0">>),
    1 = value(S, <<"x">>),
    {error, {limit, reductions}, _} = beamtalk_evaluator:eval(S, "x := 3. [true] whileTrue: [x]", #{reductions => 5000}),
    1 = value(S, <<"x">>).

what_is_no_program_is_rejected(_) ->
    S = new(),
    {error, {rejected, #{diagnostics := [#{code := <<"parse/", _/binary>>, line := 1} | _]}}, _} = beamtalk_evaluator:eval(S, "1 +"),
    {error, {rejected, _}, _} = beamtalk_evaluator:eval(S, ""),
    {error, {rejected, _}, _} = beamtalk_evaluator:eval(S, binary:copy(<<"(">>, 100000)),
    3 = value(S, <<"1 + 2">>).

%% Generated terms, there and back, and as the program sees them.
values_cross_without_loss(_) ->
    S = new(),
    Seed = rand:seed_s(exsss, erlang:unique_integer()),
    ct:log("seed ~p", [Seed]),
    _ = rand:seed(Seed),
    [same(S, term(6)) || _ <- lists:seq(1, 500)],
    %% Deep and long.
    same(S, lists:foldl(fun(_, Acc) -> {Acc} end, nil, lists:seq(1, 100000))),
    same(S, lists:seq(1, 100000)),
    same(S, binary:copy(<<"x">>, 1000000)),
    same(S, [1, 2 | 3]),
    same(S, {beamtalk_object, 'Counter', bt@counter, self()}),
    same(S, {beamtalk_future, self()}),
    same(S, fun erlang:abs/1),
    same(S, fun() -> S end),
    same(S, <<5:3>>).

same(S, Term) ->
    ok = beamtalk_evaluator:bind(S, v, Term),
    #{<<"v">> := Back} = beamtalk_evaluator:bindings(S),
    ?assertEqual(Term, Back),
    Wrapped = {Term, [Term]},
    ?assertEqual(Wrapped, value(S, <<"Tuple withAll: #(v, #(v))">>)).

term(0) ->
    leaf(rand:uniform(14));
term(Depth) ->
    case rand:uniform(8) of
        1 -> [term(Depth - 1) || _ <- lists:seq(1, rand:uniform(5) - 1)];
        2 -> list_to_tuple([term(Depth - 1) || _ <- lists:seq(1, rand:uniform(5) - 1)]);
        3 -> maps:from_list([{term(Depth div 2), term(Depth - 1)} || _ <- lists:seq(1, rand:uniform(5) - 1)]);
        4 -> #{?BT_TAG => 'Point', x => term(Depth - 1), y => term(0)};
        5 -> [term(0) | term(0)];
        _ -> leaf(rand:uniform(14))
    end.

leaf(1) -> rand:uniform(1000);
leaf(2) -> -rand:uniform(1 bsl 40);
leaf(3) -> (1 bsl 63) - 2 + rand:uniform(4);
leaf(4) -> -(1 bsl 63) - 2 + rand:uniform(4);
leaf(5) -> rand:uniform(1 bsl 200);
leaf(6) -> rand:normal();
leaf(7) -> lists:nth(rand:uniform(6), [nil, true, false, a, 'Ünï', '']);
leaf(8) -> <<"text">>;
leaf(9) -> <<"äöü"/utf8>>;
leaf(10) -> crypto_bytes(rand:uniform(9));
leaf(11) -> self();
leaf(12) -> make_ref();
leaf(13) -> [];
leaf(14) -> 1.0.

crypto_bytes(N) -> << <<(rand:uniform(256) - 1)>> || _ <- lists:seq(1, N) >>.

arrays_are_those_of_the_library(_) ->
    S = new(),
    [
        begin
            ok = beamtalk_evaluator:bind(S, l, lists:seq(1, N)),
            ?assertEqual(beamtalk_array_ops:from_list(lists:seq(1, N)), value(S, <<"Array withAll: l">>)),
            ok = beamtalk_evaluator:bind(S, a, beamtalk_array_ops:from_list(lists:seq(1, N))),
            ?assertEqual(N, value(S, <<"a size">>)),
            ?assertEqual(lists:sum(lists:seq(1, N)), value(S, <<"a inject: 0 into: [:sum :each | sum + each]">>))
        end
     || N <- [0, 1, 9, 10, 11, 99, 100, 101, 1000, 1001, 12345]
    ].

%%% Effects

effects(_) ->
    S = new(),
    [3, 2, 1] = value(S, <<"Erlang lists reverse: #(1, 2, 3)">>),
    [2, 3] = value(S, <<"Erlang lists map: [:e | e + 1] with: #(1, 2)">>),
    user_error = raised(S, <<"1 error: \"oops\"">>),

    <<"caught">> = value(S, <<"[Erlang erlang binary_to_integer: \"x\"] on: Error do: [:e | \"caught\"]">>),
    runtime_error = raised(S, <<"Erlang erlang binary_to_integer: \"x\"">>),
    {ok, _, #{output := <<"hello\n">>}} = beamtalk_evaluator:eval(S, "Transcript show: \"hello\"; cr. 1").

blocks_run_wherever_they_are(_) ->
    S = new(),
    _ = value(S, <<"k := 10">>),
    Block = value(S, <<"[:a :b | a * k + b]">>),
    23 = Block(2, 3),
    Self = self(),
    _ = spawn(fun() -> Self ! {there, Block(4, 5)} end),
    receive
        {there, 45} -> ok
    after 5000 -> ct:fail(no_answer)
    end,
    %% It outlives its session.
    ok = beamtalk_evaluator:close(S),
    65 = Block(6, 5),
    ?assertMatch({'EXIT', {#{error := #beamtalk_error{}}, _}}, catch (value(new(), <<"[:a | a foo]">>))(1)).

returns_and_exceptions_pass_the_border(_) ->
    S = new(),
    6 = value(S, <<"s := 0. #(1, 2, 3) do: [:e | s := s + e]. s">>),
    %% What a block that goes to Erlang assigns stays its own.
    6 = value(S, <<"Erlang lists foreach: [:e | s := s + e] with: #(1, 2, 3). s">>),
    %% OTP looks at the fun before it calls it.
    runtime_error = raised(S, <<"Erlang lists map: [:a :b | a] with: #(1)">>),
    <<"divided">> = value(S, <<"[Erlang lists map: [:e | 1 / e] with: #(1, 0)] on: Error do: [:e | \"divided\"]">>),
    [[1], [2]] = value(S, <<"Erlang lists map: [:e | Erlang lists map: [:f | f] with: #(e)] with: #(1, 2)">>).

%%% Budgets

reductions_end_an_input(_) ->
    S = new(#{reductions => 10000}),
    {error, {limit, reductions}, #{reductions := Used}} = beamtalk_evaluator:eval(S, "[true] whileTrue: [1]"),
    ?assert(Used =< 11000),
    3 = value(S, <<"1 + 2">>),
    {ok, _, #{reductions := Few}} = beamtalk_evaluator:eval(S, "#(1, 2, 3) size"),
    ?assert(Few > 0 andalso Few < 100).

time_ends_an_input(_) ->
    S = new(#{timeout => 100}),
    {error, {limit, timeout}, _} = beamtalk_evaluator:eval(S, "[true] whileTrue: [1]"),
    %% In the machine or in the node: time is time.
    {error, {limit, timeout}, _} = beamtalk_evaluator:eval(S, "Erlang timer sleep: 60000"),
    {error, {limit, timeout}, _} = beamtalk_evaluator:eval(S, "Erlang lists map: [:e | [true] whileTrue: [e]] with: #(1)"),
    3 = value(S, <<"1 + 2">>).

memory_ends_an_input(_) ->
    S = new(#{max_memory => 16 * 1024 * 1024}),
    {error, {limit, max_memory}, _} = beamtalk_evaluator:eval(S, "l := #(1). [true] whileTrue: [l := l addFirst: l]"),
    {error, {limit, max_memory}, _} = beamtalk_evaluator:eval(S, "f := [:g | 1 + (g value: g)]. f value: f"),
    {error, {limit, max_memory}, _} = beamtalk_evaluator:eval(S, "t := \"x\". [true] whileTrue: [t := t ++ t]"),
    3 = value(S, <<"1 + 2">>),
    #{memory := Bytes} = beamtalk_evaluator:stats(S),
    ?assert(Bytes < 1024 * 1024).

limits_are_no_exceptions(_) ->
    S = new(#{reductions => 20000}),
    _ = value(S, <<"seen := 0">>),
    {error, {limit, reductions}, _} = beamtalk_evaluator:eval(S, "[[true] whileTrue: [1]] on: Exception do: [:e | seen := 1]"),
    {error, {limit, reductions}, _} = beamtalk_evaluator:eval(S, "[[true] whileTrue: [1]] ensure: [seen := 2]"),
    0 = value(S, <<"seen">>).

a_pause_can_be_resumed(_) ->
    S = new(#{on_budget => suspend, reductions => 3000}),
    Source = "n := 0. 1 to: 20000 do: [:i | n := n + i]. n",
    {suspended, reductions, Paused} = beamtalk_evaluator:eval(S, Source),
    {suspended, reductions, Again} = beamtalk_evaluator:resume(Paused, #{reductions => 1000}),
    {ok, 200010000, #{bindings := #{<<"n">> := 200010000}}} = beamtalk_evaluator:resume(Again, #{}),
    200010000 = value(S, <<"n">>),
    %% A pause that nobody resumes is over with the next input.
    {suspended, reductions, _} = beamtalk_evaluator:eval(S, Source),
    3 = value(S, <<"1 + 2">>),
    {error, session_lost, _} = beamtalk_evaluator:resume(S, #{}).

slicing_changes_nothing(_) ->
    Source = <<
        "log := #(). f := [:n | n < 2 ifTrue: [n] ifFalse: [n * 2]]. "
        "1 to: 60 do: [:i | [i % 7 == 0 ifTrue: [1 / 0]. log := log addFirst: (f value: i)] on: Error do: [:e | log := log addFirst: e kind]]. "
        "(log collect: [:e | Erlang erlang phash2: e]) inject: 0 into: [:a :e | a * 31 + e % 1000003]"
    >>,
    Whole = value(new(), Source),
    [
        begin
            S = new(#{on_budget => suspend, reductions => Slice}),
            ?assertEqual(Whole, sliced(beamtalk_evaluator:eval(S, Source), Slice))
        end
     || Slice <- [17, 100, 1000]
    ].

sliced({ok, Value, _}, _) -> Value;
sliced({suspended, reductions, S}, Slice) -> sliced(beamtalk_evaluator:resume(S, #{reductions => Slice}), Slice).

interrupt(_) ->
    S = new(),
    _ = value(S, <<"x := 1">>),
    Self = self(),
    [
        begin
            _ = spawn_link(fun() -> Self ! {ended, beamtalk_evaluator:eval(S, Source)} end),
            interrupted(S)
        end
     || Source <- ["x := 2. [true] whileTrue: [1]", "x := 2. Erlang timer sleep: 60000", "Erlang lists map: [:e | [true] whileTrue: [e]] with: #(1)"]
    ],
    1 = value(S, <<"x">>),
    ok = beamtalk_evaluator:interrupt(S).

%% Until it is over: the input may not have begun yet.
interrupted(S) ->
    receive
        {ended, Result} -> ?assertMatch({error, interrupted, _}, Result)
    after 20 ->
        ok = beamtalk_evaluator:interrupt(S),
        interrupted(S)
    end.

%%% The gate

the_gate_refuses(_) ->
    S = new(#{effects => none}),
    3 = value(S, <<"1 + 2">>),
    [2, 4] = value(S, <<"#(1, 2) collect: [:e | e * 2]">>),
    not_permitted = raised(S, <<"Erlang os getpid">>),
    not_permitted = raised(S, <<"File exists: \"/\"">>),
    not_permitted = raised(S, <<"System getEnv: \"HOME\"">>),
    <<"erlang:halt/0 is not permitted here">> = value(S, <<"[Erlang erlang halt] on: RuntimeError do: [:e | e message]">>),
    %% A class of the node is looked up; what its messages do there is asked for.
    #{errors := []} = load("Actor subclass: EvalGated\n  go => 1\n"),
    not_permitted = raised(S, <<"EvalGated spawn">>).

the_gate_lets_what_is_listed_through(_) ->
    S = new(#{effects => [{lists, reverse, 1}]}),
    [2, 1] = value(S, <<"Erlang lists reverse: #(1, 2)">>),
    not_permitted = raised(S, <<"Erlang lists sum: #(1, 2)">>),
    All = new(#{effects => [call]}),
    3 = value(All, <<"Erlang lists sum: #(1, 2)">>),
    not_permitted = raised(All, <<"Transcript show: \"x\"">>).

%%% The node

no_module_and_no_atom(_) ->
    S = new(),
    Evaluate = fun(N) ->
        Name = "evalUnknown" ++ integer_to_list(N) ++ "x" ++ integer_to_list(erlang:unique_integer([positive])),
        1 = value(S, [Name, " := 1. #", Name, " asString size. 1"])
    end,
    [Evaluate(N) || N <- lists:seq(1, 20)],
    Modules = length(code:all_loaded()),
    Atoms = erlang:system_info(atom_count),
    [Evaluate(N) || N <- lists:seq(21, 220)],
    ?assertEqual(Modules, length(code:all_loaded())),
    ?assertEqual(Atoms, erlang:system_info(atom_count)),
    #{atoms := Before} = beamtalk_evaluator:stats(S),
    a_symbol_that_crosses = value(S, <<"#a_symbol_that_crosses">>),
    #{atoms := After} = beamtalk_evaluator:stats(S),
    ?assertEqual(Before + 1, After).

an_owner_that_dies_frees_everything(_) ->
    Self = self(),
    {Owner, Monitor} = spawn_monitor(fun() ->
        S = new(),
        Self ! {session, S},
        _ = beamtalk_evaluator:eval(S, "Erlang timer sleep: 60000")
    end),
    Session =
        receive
            {session, Made} -> Made
        end,
    true = exit(Owner, kill),
    receive
        {'DOWN', Monitor, process, Owner, _} -> ok
    end,
    lost(Session, 500).

lost(Session, 0) ->
    ct:fail({alive, beamtalk_evaluator:eval(Session, "1")});
lost(Session, Tries) ->
    case beamtalk_evaluator:eval(Session, "1") of
        {error, session_lost, _} -> ok;
        _ ->
            timer:sleep(10),
            lost(Session, Tries - 1)
    end.

%% Two endless programs for two schedulers; who lives beside them is answered all the same.
neighbours_are_served(_) ->
    Endless = [
        spawn_link(fun() -> beamtalk_evaluator:eval(new(), "[true] whileTrue: [1]", #{timeout => 1500}) end)
     || _ <- lists:seq(1, erlang:system_info(dirty_cpu_schedulers))
    ],
    Neighbour = spawn_link(fun Echo() ->
        receive
            {From, Ref} ->
                From ! Ref,
                Echo()
        end
    end),
    Answered = [ask(Neighbour) || _ <- lists:seq(1, 1000)],
    ?assertEqual(1000, length(Answered)),
    %% Another session comes to its slices too.
    3 = value(new(), <<"1 + 2">>),
    _ = [unlink(P) || P <- Endless],
    _ = [exit(P, kill) || P <- Endless].

ask(Neighbour) ->
    Ref = make_ref(),
    Neighbour ! {self(), Ref},
    receive
        Ref -> ok
    after 5000 -> ct:fail(not_served)
    end.

sixty_four_at_once(_) ->
    Self = self(),
    Source = "s := 0. 1 to: 20000 do: [:i | s := s + i]. Erlang lists sum: #(s, 1)",
    [spawn_link(fun() -> Self ! {N, value(new(), Source)} end) || N <- lists:seq(1, 64)],
    [
        receive
            {N, Sum} -> ?assertEqual(200010001, Sum)
        after 60000 -> ct:fail(N)
        end
     || N <- lists:seq(1, 64)
    ].

load(Source) ->
    {ok, Summary} = beamtalk_source_loader:source(iolist_to_binary(Source), #{}),
    maps:merge(#{errors => []}, Summary).

%% The machine takes the methods of a class from its newest source.
a_class_that_changes(_) ->
    S = new(),
    _ = load("Object subclass: EvalChanging\n  one => 1\n  two => self one * 2\n"),
    2 = value(S, <<"e := EvalChanging new. e two">>),
    _ = load("Object subclass: EvalChanging\n  one => 10\n  two => self one * 2\n"),
    20 = value(S, <<"e two">>),
    _ = load("EvalChanging subclass: EvalBelow\n  one => super one + 1\n"),
    22 = value(S, <<"EvalBelow new two">>),
    _ = load("Object subclass: EvalChanging\n  one => 100\n  two => self one * 2\n"),
    202 = value(S, <<"EvalBelow new two">>).

extensions_of_the_node(_) ->
    S = new(),
    does_not_understand = raised(S, <<"3 evalTripled">>),
    ok = beamtalk_extensions:register('Integer', evalTripled, fun([], N) -> 3 * N end, test),
    9 = value(S, <<"3 evalTripled">>),
    ok = beamtalk_extensions:unregister('Integer', evalTripled),
    does_not_understand = raised(S, <<"3 evalTripled">>).

options_are_checked(_) ->
    [
        ?assertError({badarg, _}, beamtalk_evaluator:new(Options))
     || Options <- [#{reductions => 0}, #{timeout => -1}, #{effects => everything}, #{effects => [walk]}, #{unknown => 1}, #{max_memory => 0}, #{tiers => [magic]}]
    ],
    {error, not_supported} = beamtalk_evaluator:compile_native(new(), 'Integer', '+').
