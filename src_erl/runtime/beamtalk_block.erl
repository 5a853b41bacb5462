%%% @doc `value...' sent to something that may not be a block of that arity, and primitives of Block.
-module(beamtalk_block).

-export([value/1, value/2, value/3, value/4, value_optional/2, value_with_arguments/2, arity/1]).

-spec value(term()) -> term().
value(F) when is_function(F, 0) -> F();
value(F) when is_function(F) -> wrong_arity(F, 0);
value(V) -> beamtalk_message_dispatch:send0(V, value).

-spec value(term(), term()) -> term().
value(F, A) when is_function(F, 1) -> F(A);
value(F, _) when is_function(F) -> wrong_arity(F, 1);
value(V, A) -> beamtalk_message_dispatch:send1(V, 'value:', A).

-spec value(term(), term(), term()) -> term().
value(F, A, B) when is_function(F, 2) -> F(A, B);
value(F, _, _) when is_function(F) -> wrong_arity(F, 2);
value(V, A, B) -> beamtalk_message_dispatch:send2(V, 'value:value:', A, B).

-spec value(term(), term(), term(), term()) -> term().
value(F, A, B, C) when is_function(F, 3) -> F(A, B, C);
value(F, _, _, _) when is_function(F) -> wrong_arity(F, 3);
value(V, A, B, C) -> beamtalk_message_dispatch:send3(V, 'value:value:value:', A, B, C).

%% @doc Where a block may leave out its only parameter: handlers and `ifNotNil:'.
-spec value_optional(term(), term()) -> term().
value_optional(F, _) when is_function(F, 0) -> F();
value_optional(F, A) -> value(F, A).

-spec value_with_arguments(function(), term()) -> term().
value_with_arguments(F, Args) when is_list(Args), is_function(F, length(Args)) -> apply(F, Args);
value_with_arguments(F, Args) when length(Args) >= 0 -> wrong_arity(F, length(Args));
value_with_arguments(_, _) ->
    beamtalk_error:raise(
        type_error, 'Block', 'valueWithArguments:', <<"valueWithArguments: expects a List of arguments">>
    ).

-spec arity(function()) -> arity().
arity(F) ->
    {arity, N} = erlang:fun_info(F, arity),
    N.

wrong_arity(F, Given) ->
    beamtalk_error:raise(beamtalk_exception_handler:wrong_arity(F, Given)).
