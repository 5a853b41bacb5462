%%% @doc Operators whose left operand the compiler does not know.
%%%
%%% Numbers take the Erlang operation at once. An object whose class defines the operator gets a send. Everything else takes
%%% the Erlang operation too, which raises `badarith' or compares by term order. Operands are not awaited.
-module(beamtalk_operators).

-include("beamtalk.hrl").

%% Texts up to here are shorter than the longest that is put together.
-define(SURE_BYTES, (1 bsl 27)).

-export(['+'/2, '-'/2, '*'/2, '/'/2, '%'/2, '**'/2, '++'/2, '<'/2, '>'/2, '<='/2, '>='/2]).

-spec '+'(term(), term()) -> term().
'+'(A, B) when is_number(A) -> A + B;
'+'(A, B) -> dispatch(A, '+', B, fun erlang:'+'/2).

-spec '-'(term(), term()) -> term().
'-'(A, B) when is_number(A) -> A - B;
'-'(A, B) -> dispatch(A, '-', B, fun erlang:'-'/2).

-spec '*'(term(), term()) -> term().
'*'(A, B) when is_number(A) -> A * B;
'*'(A, B) -> dispatch(A, '*', B, fun erlang:'*'/2).

-spec '/'(term(), term()) -> term().
'/'(A, B) when is_number(A) -> A / B;
'/'(A, B) -> dispatch(A, '/', B, fun erlang:'/'/2).

-spec '%'(term(), term()) -> term().
'%'(A, B) when is_number(A) -> A rem B;
'%'(A, B) -> dispatch(A, '%', B, fun erlang:'rem'/2).

%% @doc Always an integer; the rules and the limit of size are those of the primitive.
-spec '**'(term(), term()) -> term().
'**'(A, B) when is_number(A), is_number(B) -> beamtalk_integer_ops:'**'(A, B);
'**'(A, B) -> dispatch(A, '**', B, fun(_, _) -> erlang:error(badarith) end).

-spec '++'(term(), term()) -> term().
'++'(A, B) when is_binary(A), is_binary(B), byte_size(A) + byte_size(B) =< ?SURE_BYTES -> <<A/binary, B/binary>>;
'++'(A, B) when is_binary(A), is_binary(B) -> beamtalk_string_ops:'++'(A, B);
'++'(A, B) when is_list(A), is_list(B) -> A ++ B;
'++'(A, B) -> dispatch(A, '++', B, fun(_, _) -> erlang:error(badarg) end).

-spec '<'(term(), term()) -> term().
'<'(A, B) when is_number(A) -> A < B;
'<'(A, B) -> dispatch(A, '<', B, fun erlang:'<'/2).

-spec '>'(term(), term()) -> term().
'>'(A, B) when is_number(A) -> A > B;
'>'(A, B) -> dispatch(A, '>', B, fun erlang:'>'/2).

-spec '<='(term(), term()) -> term().
'<='(A, B) when is_number(A) -> A =< B;
'<='(A, B) -> dispatch(A, '<=', B, fun erlang:'=<'/2).

-spec '>='(term(), term()) -> term().
'>='(A, B) when is_number(A) -> A >= B;
'>='(A, B) -> dispatch(A, '>=', B, fun erlang:'>='/2).

dispatch(#{?BT_TAG := Class} = A, Op, B, Default) ->
    case beamtalk_dispatch:understands(Class, Op) of
        true -> beamtalk_message_dispatch:send1(A, Op, B);
        false -> Default(A, B)
    end;
dispatch({beamtalk_object, Class, _, P} = A, Op, B, Default) when is_pid(P) ->
    case beamtalk_dispatch:understands(Class, Op) of
        true -> beamtalk_message_dispatch:self1(A, Op, B);
        false -> Default(A, B)
    end;
dispatch(A, _, B, Default) ->
    Default(A, B).
