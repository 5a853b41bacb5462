%%% @doc Remembers where slow look-ups ended.
%%%
%%% Answers may be computed from the classes of before a change and stored after it. So `flush/0' raises a generation number
%%% before it empties the table, and who stores an answer looks at the number again afterwards: if it was raised, the row
%%% is taken back.
-module(beamtalk_dispatch_cache).

-export([init/0, flush/0, find/2, generation/0]).

-define(TABLE, beamtalk_dispatch_cache).
-define(GENERATION, {?MODULE, generation}).

-spec init() -> ok.
init() ->
    case persistent_term:get(?GENERATION, undefined) of
        undefined -> persistent_term:put(?GENERATION, atomics:new(1, []));
        _ -> flush()
    end.

%% @doc Forgets everything; called whenever a class, an extension or a method changes.
-spec flush() -> ok.
flush() ->
    atomics:add(persistent_term:get(?GENERATION), 1, 1),
    true = ets:delete_all_objects(?TABLE),
    ok.

%% @doc A number that grows whenever a class, an extension or a method changes.
-spec generation() -> non_neg_integer().
generation() ->
    case persistent_term:get(?GENERATION, undefined) of
        undefined -> 0;
        Counter -> atomics:get(Counter, 1)
    end.

%% @doc The remembered value of `Key', or that of `Compute', which is then remembered.
-spec find(tuple(), fun(() -> Target)) -> Target.
find(Key, Compute) ->
    case ets:lookup(?TABLE, Key) of
        [{_, Target}] -> Target;
        [] -> compute(Key, Compute)
    end.

compute(Key, Compute) ->
    Counter = persistent_term:get(?GENERATION),
    Before = atomics:get(Counter, 1),
    Target = Compute(),
    true = ets:insert(?TABLE, {Key, Target}),
    _ = atomics:get(Counter, 1) =:= Before orelse ets:delete(?TABLE, Key),
    Target.
