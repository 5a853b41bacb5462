%%% @doc Blocks of the machine as funs.
%%%
%%% A block comes out of the machine as `{'$bt_block', Number, Arity, {Code, Values}}'. As a fun it goes back into the machine while the request that it came
%%% with is being performed, in the same process; later and elsewhere a machine of the calling process runs it from its code and values.
-module(beamtalk_evaluator_blocks).

-export([funs/2, too_wide/1]).

%% @doc The term with funs in the place of blocks.
-spec funs(beamtalk_evaluator_driver:session(), term()) -> term().
funs(Session, {'$bt_block', Number, Arity, {Code, Values}}) when is_integer(Number), is_integer(Arity), Arity >= 0, is_binary(Code), is_list(Values) ->
    %% A program may write such a tuple itself: with another form it stays one, and code that is none is refused when it is evaluated.
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

%% Erlang has no fun of a number of parameters known at run time only.
block(S, B, 0) -> fun() -> run(S, B, []) end;
block(S, B, 1) -> fun(A1) -> run(S, B, [A1]) end;
block(S, B, 2) -> fun(A1, A2) -> run(S, B, [A1, A2]) end;
block(S, B, 3) -> fun(A1, A2, A3) -> run(S, B, [A1, A2, A3]) end;
block(S, B, 4) -> fun(A1, A2, A3, A4) -> run(S, B, [A1, A2, A3, A4]) end;
block(S, B, 5) -> fun(A1, A2, A3, A4, A5) -> run(S, B, [A1, A2, A3, A4, A5]) end;
block(S, B, 6) -> fun(A1, A2, A3, A4, A5, A6) -> run(S, B, [A1, A2, A3, A4, A5, A6]) end;
block(S, B, 7) -> fun(A1, A2, A3, A4, A5, A6, A7) -> run(S, B, [A1, A2, A3, A4, A5, A6, A7]) end;
block(S, B, 8) -> fun(A1, A2, A3, A4, A5, A6, A7, A8) -> run(S, B, [A1, A2, A3, A4, A5, A6, A7, A8]) end;
block(S, B, 9) -> fun(A1, A2, A3, A4, A5, A6, A7, A8, A9) -> run(S, B, [A1, A2, A3, A4, A5, A6, A7, A8, A9]) end;
block(S, B, 10) -> fun(A1, A2, A3, A4, A5, A6, A7, A8, A9, A10) -> run(S, B, [A1, A2, A3, A4, A5, A6, A7, A8, A9, A10]) end;
block(S, B, 11) -> fun(A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11) -> run(S, B, [A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11]) end;
block(S, B, 12) -> fun(A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12) -> run(S, B, [A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12]) end;
block(S, B, 13) ->
    fun(A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13) ->
        run(S, B, [A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13])
    end;
block(S, B, 14) ->
    fun(A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13, A14) ->
        run(S, B, [A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13, A14])
    end;
block(S, B, 15) ->
    fun(A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13, A14, A15) ->
        run(S, B, [A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13, A14, A15])
    end;
block(S, B, 16) ->
    fun(A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13, A14, A15, A16) ->
        run(S, B, [A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13, A14, A15, A16])
    end;
block(S, B, 17) ->
    fun(A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13, A14, A15, A16, A17) ->
        run(S, B, [A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13, A14, A15, A16, A17])
    end;
block(S, B, 18) ->
    fun(A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13, A14, A15, A16, A17, A18) ->
        run(S, B, [A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13, A14, A15, A16, A17, A18])
    end;
block(S, B, 19) ->
    fun(A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13, A14, A15, A16, A17, A18, A19) ->
        run(S, B, [A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13, A14, A15, A16, A17, A18, A19])
    end;
block(S, B, 20) ->
    fun(A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13, A14, A15, A16, A17, A18, A19, A20) ->
        run(S, B, [A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13, A14, A15, A16, A17, A18, A19, A20])
    end;
%% The machine sends none: a program has written such a tuple itself.
block(_, {Number, Code, Values}, Parameters) -> {'$bt_block', Number, Parameters, {Code, Values}}.

%% @doc What a program sees when a block with so many parameters is to leave the machine.
-spec too_wide(pos_integer()) -> beamtalk_error:exception().
too_wide(Parameters) ->
    Text = unicode:characters_to_binary(io_lib:format("A block with ~b parameters cannot leave the evaluator; the limit is 20", [Parameters])),
    beamtalk_error:to_exception(beamtalk_error:with_message(beamtalk_error:new(runtime_error, 'Block'), Text)).

run(Session, {Number, Code, Values}, Arguments) ->
    beamtalk_evaluator_driver:evaluate(Session, Number, Code, Values, Arguments).
