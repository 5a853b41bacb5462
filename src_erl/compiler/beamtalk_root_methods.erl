%%% @doc Methods of `Object' and the other root classes, as functions of every class module.
%%%
%%% The compiler names them in the attribute `beamtalk_roots': `[{Module, [{Function, Arity}]}]'. Each becomes one jump to that module. Added to the
%%% assembly they cost a tenth of a millisecond a class; as Core Erlang they would go through all passes of OTP's compiler.
-module(beamtalk_root_methods).

-export([add/1]).

-type assembly() :: {module(), [{atom(), arity()}], [{atom(), term()}], [tuple()], pos_integer()}.

%% @doc The assembly with these functions, without the attribute.
-spec add(assembly()) -> assembly().
add({Module, Exports, Attributes, Functions, Label}) ->
    {Roots, Others} = lists:partition(fun({Name, _}) -> Name =:= beamtalk_roots end, Attributes),
    Jumps = [
        {Function, Arity, Root}
     || {_, Value} <- Roots, {Root, Methods} <- Value, {Function, Arity} <- Methods, not lists:member({Function, Arity}, Exports)
    ],
    {Added, Next} = lists:mapfoldl(fun(Jump, L) -> {jump(Module, Jump, L), L + 2} end, Label, Jumps),
    {Module, Exports ++ [{Function, Arity} || {Function, Arity, _} <- Jumps], Others, Functions ++ Added, Next}.

jump(Module, {Function, Arity, Root}, Label) ->
    {function, Function, Arity, Label + 1, [
        {label, Label},
        {func_info, {atom, Module}, {atom, Function}, Arity},
        {label, Label + 1},
        {call_ext_only, Arity, {extfunc, Root, Function, Arity}}
    ]}.
