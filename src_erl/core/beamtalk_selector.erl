%%% @doc Selectors, function names and module names: the name rules shared with the compiler.
%%%
%%% A selector is the atom with the same spelling, and so is the function name, except for the four unary selectors that
%%% would meet another export of every class module. The vectors of `snake/1' are tested on both sides.
-module(beamtalk_selector).

-export([arity/1, function_name/1, from_function/1, ffi_function/1]).
-export([snake/1, camel/1, module_for_class/1, module_for_class/2, class_candidates/1]).

-define(PREFIX, "$bt:").

%% @doc Number of arguments a selector takes.
-spec arity(atom()) -> non_neg_integer().
arity(Selector) ->
    Text = atom_to_binary(Selector),
    case colons(Text, 0) of
        0 -> operator_arity(Text);
        N -> N
    end.

colons(<<$:, Rest/binary>>, N) -> colons(Rest, N + 1);
colons(<<_, Rest/binary>>, N) -> colons(Rest, N);
colons(<<>>, N) -> N.

operator_arity(<<C, _/binary>>) ->
    case lists:member(C, "+-*/%<>=&|!~^@\\,?") of
        true -> 1;
        false -> 0
    end;
operator_arity(<<>>) ->
    0.

%% @doc Name of the function that holds an instance method.
-spec function_name(atom()) -> atom().
function_name(new) -> '$bt:new';
function_name(spawn) -> '$bt:spawn';
function_name(has_method) -> '$bt:has_method';
function_name(module_info) -> '$bt:module_info';
function_name(Selector) -> Selector.

%% @doc The selector a function name stands for.
-spec from_function(atom()) -> atom().
from_function('$bt:new') -> new;
from_function('$bt:spawn') -> spawn;
from_function('$bt:has_method') -> has_method;
from_function('$bt:module_info') -> module_info;
from_function(Function) ->
    case atom_to_binary(Function) of
        %% A block or a loop of a method: `-inject:into:/3-anonymous-0-'.
        <<"-", Rest/binary>> -> enclosing(binary:split(Rest, <<"/">>), Function);
        _ -> Function
    end.

enclosing([Name, _], Function) when Name =/= <<>> ->
    try
        from_function(binary_to_existing_atom(Name))
    catch
        error:badarg -> Function
    end;
enclosing(_, Function) ->
    Function.

%% @doc Erlang function named by a selector sent to a module proxy: the text before the first colon.
%% No atom is made: a name nobody has used yet names no function.
-spec ffi_function(atom()) -> {ok, atom()} | error.
ffi_function(Selector) ->
    case binary:split(atom_to_binary(Selector), <<":">>) of
        [_] ->
            {ok, Selector};
        [Name, _] ->
            try
                {ok, binary_to_existing_atom(Name)}
            catch
                error:badarg -> error
            end
    end.

%% @doc `TestCase' to `test_case': `_' only between a lower-case and an upper-case ASCII letter.
-spec snake(atom() | binary()) -> binary().
snake(Name) when is_atom(Name) -> snake(atom_to_binary(Name));
snake(Name) when is_binary(Name) -> snake(Name, $_, <<>>).

snake(<<C, Rest/binary>>, Prev, Acc) when C >= $A, C =< $Z, Prev >= $a, Prev =< $z ->
    snake(Rest, C, <<Acc/binary, $_, (C + 32)>>);
snake(<<C, Rest/binary>>, _, Acc) when C >= $A, C =< $Z ->
    snake(Rest, C, <<Acc/binary, (C + 32)>>);
snake(<<C, Rest/binary>>, _, Acc) ->
    snake(Rest, C, <<Acc/binary, C>>);
snake(<<>>, _, Acc) ->
    Acc.

%% @doc `test_case' to `TestCase'; the guess for a module whose class is not registered.
-spec camel(binary()) -> binary().
camel(Text) ->
    iolist_to_binary([capital(Part) || Part <- binary:split(Text, <<"_">>, [global])]).

capital(<<C, Rest/binary>>) when C >= $a, C =< $z -> [C - 32, Rest];
capital(Text) -> Text.

%% @doc Module of a class that belongs to no package.
-spec module_for_class(atom()) -> module().
module_for_class(Class) ->
    binary_to_atom(<<"bt@", (snake(Class))/binary>>).

-spec module_for_class(stdlib | binary(), atom()) -> module().
module_for_class(stdlib, Class) ->
    binary_to_atom(<<"bt@stdlib@", (snake(Class))/binary>>);
module_for_class(Prefix, Class) ->
    binary_to_atom(<<"bt@", Prefix/binary, "@", (snake(Class))/binary>>).

%% @doc Camel-cased last part of a `bt@...' module name, for modules without a registered class.
-spec class_candidates(module()) -> {ok, binary()} | error.
class_candidates(Module) ->
    case binary:split(atom_to_binary(Module), <<"@">>, [global]) of
        [<<"bt">> | [_ | _] = Parts] -> {ok, camel(lists:last(Parts))};
        _ -> error
    end.
