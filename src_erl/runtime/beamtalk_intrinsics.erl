%%% @doc What the intrinsic methods that need the runtime do when they are reached by a real send.
%%%
%%% The compiler expands these messages where it sees them; `perform:', cascades and Erlang callers come here. The table of names is
%%% `native/bt-hir/src/primitives.rs'.
-module(beamtalk_intrinsics).

-export([on_do/3, erlang_module/3, erlang_apply/3, is_understood/2]).

%% @doc `block on: class do: handler'; the handler may leave out its parameter.
-spec on_do(term(), term(), term()) -> term().
on_do(Block, Filter, Handler) when is_function(Block, 0), is_function(Handler) ->
    State = beamtalk_actor:state(),
    try
        Block()
    catch
        Class:Reason:Stack ->
            Exception = beamtalk_exception_handler:handle(Class, Reason, Stack, Filter),
            ok = restore(State),
            handled(Handler, Exception)
    end;
on_do(Block, _, Handler) when is_function(Block, 0) ->
    beamtalk_error:raise(type_error, 'Block', 'on:do:', [
        "on:do: expects a handler block, got ", beamtalk_collection_ops:got(Handler)
    ]);
on_do(Block, _, _) ->
    beamtalk_collection_ops:block(Block, 0, 'Block', 'on:do:').

%% A handler in an actor starts from the fields at entry.
restore(undefined) -> ok;
restore(State) -> beamtalk_actor:set_state(State).

handled(Handler, _) when is_function(Handler, 0) -> Handler();
handled(Handler, Exception) -> beamtalk_block:value(Handler, Exception).

%% @doc `doesNotUnderstand:args:' of the class Erlang: a unary selector names a module.
-spec erlang_module(term(), atom(), list()) -> map().
erlang_module(_Class, Selector, []) ->
    beamtalk_erlang_proxy:new(Selector);
erlang_module(_Class, Selector, _) ->
    beamtalk_error:raise(
        does_not_understand, 'Erlang', Selector, "Use unary message for module name: Erlang moduleName"
    ).

%% @doc `doesNotUnderstand:args:' of a proxy: the call.
-spec erlang_apply(map(), atom(), list()) -> term().
erlang_apply(#{module := Module}, Selector, Arguments) ->
    beamtalk_erlang_proxy:send(Module, Selector, Arguments).

%% @doc `respondsTo:' of a proxy: any message may name a function.
-spec is_understood(term(), term()) -> true.
is_understood(_, _) ->
    true.
