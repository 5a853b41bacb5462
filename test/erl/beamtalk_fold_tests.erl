%% A block that was offered as a fold runs as one; any other block, and any other time, element by element.
-module(beamtalk_fold_tests).

-include_lib("eunit/include/eunit.hrl").

-define(KEY, a_key).

%% A block that counts its calls, and the fold that stands for it.
offered(Cells) ->
    Block = fun(_) -> put(calls, calls() + 1) end,
    beamtalk_fold:offer(Block, {each, fun(E, {_, Sum}) -> {E, Sum + E} end}, ?KEY),
    _ = put(?KEY, Cells),
    Block.

calls() ->
    case get(calls) of
        undefined -> 0;
        N -> N
    end.

in_a_process(Test) ->
    {Pid, Monitor} = spawn_monitor(fun() -> exit({result, Test()}) end),
    receive
        {'DOWN', Monitor, process, Pid, {result, Result}} -> Result
    end.

the_fold_runs_over_the_list_test() ->
    Test = fun() ->
        nil = beamtalk_list_ops:do([1, 2, 3], offered({nil, 10})),
        {calls(), get(?KEY)}
    end,
    ?assertEqual({0, {3, 16}}, in_a_process(Test)).

every_collection_of_the_library_takes_the_offer_test() ->
    Collections = [
        {beamtalk_array_ops, beamtalk_array_ops:from_list([1, 2])},
        {beamtalk_set_ops, beamtalk_set_ops:withAll('Set', [1, 2])},
        {beamtalk_map_ops, #{a => 1, b => 2}},
        {beamtalk_tuple_ops, {1, 2}}
    ],
    Test = fun(Module, Collection) ->
        nil = Module:do(Collection, offered({nil, 0})),
        {calls(), get(?KEY)}
    end,
    [?assertEqual({0, {2, 3}}, in_a_process(fun() -> Test(M, C) end), M) || {M, C} <- Collections].

an_empty_list_changes_nothing_test() ->
    ?assertEqual({nil, 7}, in_a_process(fun() -> nil = beamtalk_list_ops:do([], offered({nil, 7})), get(?KEY) end)).

another_block_is_called_test() ->
    Test = fun() ->
        _ = offered({nil, 0}),
        Self = self(),
        nil = beamtalk_list_ops:do([1, 2], fun(E) -> Self ! E end),
        receive 1 -> receive 2 -> get(?KEY) end end
    end,
    ?assertEqual({nil, 0}, in_a_process(Test)).

after_the_send_the_block_is_called_test() ->
    Test = fun() ->
        Block = offered({nil, 0}),
        _ = erase(?KEY),
        nil = beamtalk_list_ops:do([1, 2], Block),
        {calls(), get(?KEY)}
    end,
    ?assertEqual({2, undefined}, in_a_process(Test)).

in_another_process_the_block_is_called_test() ->
    Block = offered({nil, 0}),
    ?assertEqual(2, in_a_process(fun() -> nil = beamtalk_list_ops:do([1, 2], Block), calls() end)),
    ?assertEqual({nil, 0}, get(?KEY)).

keys_of_cells_grow_and_are_nobody_elses_test() ->
    Keys = fun() -> [beamtalk_cells:key() || _ <- lists:seq(1, 1000)] end,
    Mine = in_a_process(Keys),
    Others = in_a_process(Keys),
    ?assertEqual(lists:usort(Mine), Mine),
    ?assertEqual([], Mine -- (Mine -- Others)),
    %% Above what a program would take, below what the machine holds in one word.
    ?assert(hd(Mine) > 1 bsl 56),
    ?assert(lists:last(Others) < 1 bsl 59).

dropping_forgets_what_was_opened_later_test_() ->
    Test = fun(Count) ->
        First = beamtalk_cells:key(),
        _ = put(First, {first}),
        _ = put(1234, mine),
        Mark = beamtalk_cells:mark(),
        Later = [begin K = beamtalk_cells:key(), _ = put(K, {K}), K end || _ <- lists:seq(1, Count)],
        ok = beamtalk_cells:drop(Mark),
        {get(First), get(1234), [K || K <- Later, get(K) =/= undefined]}
    end,
    [?_assertEqual({{first}, mine, []}, in_a_process(fun() -> Test(Count) end)) || Count <- [0, 1, 63, 64, 1000]].

dropping_everything_spares_what_is_no_cell_test() ->
    Test = fun() ->
        _ = put(1234, mine),
        Key = beamtalk_cells:key(),
        _ = put(Key, {cells}),
        ok = beamtalk_cells:drop(0),
        {get(Key), get(1234)}
    end,
    ?assertEqual({undefined, mine}, in_a_process(Test)).
