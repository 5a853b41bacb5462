%%% @doc What may be said to a session, and what is wrong with what was said. Pure.
-module(beamtalk_evaluator_options).

-export([check/1]).

%% @doc Raises `badarg' with the option that is none, or whose value is none of its values.
-spec check(map()) -> ok.
check(Options) ->
    maps:foreach(fun(Key, Value) -> valid(Key, Value) orelse erlang:error({badarg, {Key, Value}}) end, Options).

valid(reductions, V) -> V =:= infinity orelse (is_integer(V) andalso V > 0);
valid(timeout, V) -> V =:= infinity orelse (is_integer(V) andalso V > 0);
valid(max_memory, V) -> is_integer(V) andalso V > 0 andalso V < 1 bsl 48;
valid(tiers, V) -> is_list(V) andalso V -- [jit, native] =:= [];
valid(jit_threshold, V) -> is_integer(V) andalso V > 0;
valid(native_threshold, V) -> is_integer(V) andalso V > 0;
valid(effects, V) -> V =:= all orelse V =:= none orelse (is_list(V) andalso lists:all(fun effect/1, V));
valid(on_budget, V) -> V =:= stop orelse V =:= suspend;
valid(skip_checks, V) -> is_boolean(V);
valid(path, V) -> is_binary(V);
valid(_, _) -> false.

effect({M, F, A}) -> is_atom(M) andalso is_atom(F) andalso is_integer(A);
effect(Name) -> lists:member(Name, [call, send, await, spawn, transcript, file, system, class]).
