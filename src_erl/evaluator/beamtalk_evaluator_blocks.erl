%%% @doc Blocks of the machine as funs.
%%%
%%% A block comes out of the machine as `{'$bt_block', Number, Arity, {Code, Values}}'. As a fun it goes back into the machine while the request that it came
%%% with is being performed, in the same process; later and elsewhere a machine of the calling process runs it from its code and values.
-module(beamtalk_evaluator_blocks).

-export([funs/2]).

%% @doc The term with funs in the place of blocks.
-spec funs(beamtalk_evaluator_driver:session(), term()) -> term().
funs(Session, {'$bt_block', Number, Arity, {Code, Values}}) ->
    %% The values of a block may hold blocks: their portable forms are terms and stay so.
    block(Session, {Number, Code, Values}, Arity);
funs(Session, Tuple) when is_tuple(Tuple) ->
    list_to_tuple([funs(Session, Part) || Part <- tuple_to_list(Tuple)]);
funs(Session, [Head | Tail]) ->
    list(Session, [Head | Tail], []);
funs(Session, Map) when is_map(Map) ->
    maps:from_list([{funs(Session, Key), funs(Session, Value)} || {Key, Value} <- maps:to_list(Map)]);
funs(_, Other) ->
    Other.

%% Also lists that do not end in one.
list(Session, [Head | Tail], Done) -> list(Session, Tail, [funs(Session, Head) | Done]);
list(_, [], Done) -> lists:reverse(Done);
list(Session, Tail, Done) -> lists:reverse(Done, funs(Session, Tail)).

block(S, B, 0) -> fun() -> run(S, B, []) end;
block(S, B, 1) -> fun(A1) -> run(S, B, [A1]) end;
block(S, B, 2) -> fun(A1, A2) -> run(S, B, [A1, A2]) end;
block(S, B, 3) -> fun(A1, A2, A3) -> run(S, B, [A1, A2, A3]) end;
block(S, B, 4) -> fun(A1, A2, A3, A4) -> run(S, B, [A1, A2, A3, A4]) end;
block(S, B, 5) -> fun(A1, A2, A3, A4, A5) -> run(S, B, [A1, A2, A3, A4, A5]) end;
block(S, B, 6) -> fun(A1, A2, A3, A4, A5, A6) -> run(S, B, [A1, A2, A3, A4, A5, A6]) end;
block(S, B, 7) -> fun(A1, A2, A3, A4, A5, A6, A7) -> run(S, B, [A1, A2, A3, A4, A5, A6, A7]) end;
block(S, B, 8) -> fun(A1, A2, A3, A4, A5, A6, A7, A8) -> run(S, B, [A1, A2, A3, A4, A5, A6, A7, A8]) end;
block(S, B, Arity) when Arity =< 255 ->
    %% A fun of any arity, through the evaluator of abstract code.
    Names = [{var, 1, list_to_atom("A" ++ integer_to_list(N))} || N <- lists:seq(1, Arity)],
    List = lists:foldr(fun(Name, Tail) -> {cons, 1, Name, Tail} end, {nil, 1}, Names),
    Run = erl_eval:add_binding('Run', fun(Arguments) -> run(S, B, Arguments) end, erl_eval:new_bindings()),
    Clause = {clause, 1, Names, [], [{call, 1, {var, 1, 'Run'}, [List]}]},
    case Arity =< 20 of
        true ->
            {value, Fun, _} = erl_eval:expr({'fun', 1, {clauses, [Clause]}}, Run),
            Fun;
        false ->
            error({limit, block_parameters})
    end.

run(Session, {Number, Code, Values}, Arguments) ->
    beamtalk_evaluator_driver:evaluate(Session, Number, Code, Values, Arguments).
