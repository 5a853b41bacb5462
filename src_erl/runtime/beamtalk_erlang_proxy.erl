%%% @doc Proxies of Erlang modules: what `Erlang lists' answers, and the calls made through it.
%%%
%%% A call through a stored proxy reports its failures as structured errors of class ErlangModule; failures that already
%%% are exception objects pass through.
-module(beamtalk_erlang_proxy).

-include("beamtalk.hrl").

-export([new/1, send/3, call/3, methods/1]).

-type proxy() :: #{?BT_TAG := 'ErlangModule', module := module()}.

-spec new(module()) -> proxy().
new(Module) -> #{?BT_TAG => 'ErlangModule', module => Module}.

%% @doc A message to the proxy: the text before the first colon is the function, the arguments are positional.
-spec send(module(), atom(), [term()]) -> term().
send(Module, Selector, Args) ->
    case beamtalk_selector:ffi_function(Selector) of
        {ok, Function} -> apply_checked(Module, Function, Args, Selector);
        error -> missing(Module, Selector)
    end.

%% @doc `proxy call: function args: tuple', for names that are also names of the proxy's own protocol.
-spec call(proxy(), term(), term()) -> term().
call(#{module := Module}, Function, Args) when is_atom(Function), is_tuple(Args) ->
    apply_checked(Module, Function, tuple_to_list(Args), 'call:args:');
call(#{module := Module}, Function, Args) when is_atom(Function), is_list(Args) ->
    apply_checked(Module, Function, Args, 'call:args:');
call(_, _, _) ->
    beamtalk_error:raise(type_error, 'ErlangModule', 'call:args:', <<"call:args: expects a Symbol and a Tuple">>).

%% @doc Sorted list of `name/arity'.
-spec methods(proxy()) -> [binary()].
methods(#{module := Module}) ->
    ok = ensure_loaded(Module, methods),
    lists:sort([
        <<(atom_to_binary(F))/binary, "/", (integer_to_binary(A))/binary>>
     || {F, A} <- Module:module_info(exports)
    ]).

apply_checked(Module, Function, Args, Selector) ->
    ok = ensure_loaded(Module, Selector),
    Arity = length(Args),
    case exported(Module, Function, Arity) of
        true -> run(Module, Function, Args, Selector);
        false -> not_exported(Module, Function, Arity, Selector)
    end.

exported(Module, Function, Arity) ->
    erlang:function_exported(Module, Function, Arity) orelse
        erlang:is_builtin(Module, Function, Arity) orelse
        lists:member({Function, Arity}, Module:module_info(exports)) orelse
        erlang:function_exported(Module, '$handle_undefined_function', 2).

ensure_loaded(Module, Selector) ->
    case code:ensure_loaded(Module) of
        {module, Module} ->
            ok;
        {error, _} ->
            Hint = ["Erlang module '", atom_to_binary(Module), "' is not loaded. Is it on the code path?"],
            beamtalk_error:raise(does_not_understand, 'ErlangModule', Selector, Hint)
    end.

not_exported(Module, Function, Arity, Selector) ->
    case [A || {F, A} <- Module:module_info(exports), F =:= Function] of
        [] ->
            missing(Module, Selector);
        Arities ->
            Known = lists:join(", ", [integer_to_list(A) || A <- lists:sort(Arities)]),
            Hint = io_lib:format(
                "~ts:~ts/~ts exists but was called with ~b arguments", [Module, Function, Known, Arity]
            ),
            beamtalk_error:raise(arity_mismatch, 'ErlangModule', Selector, Hint)
    end.

missing(_, Selector) ->
    beamtalk_error:raise(
        does_not_understand,
        'ErlangModule',
        Selector,
        <<"This Erlang function does not exist. Check spelling and arity.">>
    ).

run(Module, Function, Args, Selector) ->
    try
        %% A function written in Erlang gets blocks as plain funs: what they assign stays in them, as where the call is compiled in place.
        case lists:any(fun erlang:is_function/1, Args) of
            true -> beamtalk_cells:shielded(fun() -> apply(Module, Function, Args) end);
            false -> apply(Module, Function, Args)
        end
    catch
        throw:{'$beamtalk_nlr', _, _} = Return:Stack -> erlang:raise(throw, Return, Stack);
        error:#{?BT_TAG := _} = Exception:Stack -> erlang:raise(error, Exception, Stack);
        error:#beamtalk_error{} = Error -> beamtalk_error:raise(Error);
        Class:Reason -> failed(Class, Reason, Module, Function, Selector)
    end.

failed(Class, Reason, Module, Function, Selector) ->
    Hint = io_lib:format("~ts in ~ts:~ts: ~0tp", [what(Class), Module, Function, Reason]),
    Error = beamtalk_error:new(kind(Class, Reason), 'ErlangModule', Selector),
    beamtalk_error:raise(
        beamtalk_error:with_details(beamtalk_error:with_hint(Error, Hint), #{erlang => {Class, Reason}})
    ).

what(error) -> "Erlang error";
what(exit) -> "Erlang process exit";
what(throw) -> "Erlang throw".

kind(error, badarg) -> type_error;
kind(error, badarith) -> type_error;
kind(error, function_clause) -> arity_mismatch;
kind(error, _) -> runtime_error;
kind(exit, _) -> erlang_exit;
kind(throw, _) -> erlang_throw.
