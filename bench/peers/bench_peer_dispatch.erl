%%% @doc What a send does, written by hand: the receiver's class is found at run time, its module by name, so that both may change while the node runs.
-module(bench_peer_dispatch).

-export([object/0, extended/0, unary/2, keyword/2, integers/2, lists/2]).
-export([call/2, call/3]).
-export(['$handle_undefined_function'/2]).

%% A map that names its class, as a value object is.
object() ->
    ok = persistent_term:put({?MODULE, target}, bench_peer),
    #{class => {?MODULE, target}}.

%% An object whose `pass' is a fun in a table, found when the module has no such function.
extended() ->
    ok = persistent_term:put({?MODULE, extended}, ?MODULE),
    _ = ets:whereis(?MODULE) =:= undefined andalso ets:new(?MODULE, [named_table, public, {read_concurrency, true}]),
    true = ets:insert(?MODULE, {{extended, pass}, fun([X], _) -> X end}),
    #{class => {?MODULE, extended}}.

'$handle_undefined_function'(Function, [#{class := {_, Class}} = Object | Args]) ->
    [{_, Fun}] = ets:lookup(?MODULE, {Class, Function}),
    Fun(Args, Object).

call(#{class := Class} = Object, Function) -> (persistent_term:get(Class)):Function(Object);
call(Number, Function) when is_integer(Number) -> bench_peer:Function(Number);
call(List, Function) when is_list(List) -> bench_peer:Function(List).

call(#{class := Class} = Object, Function, A) -> (persistent_term:get(Class)):Function(Object, A).

unary(0, _) -> ok;
unary(N, O) ->
    _ = ten(O, me),
    unary(N - 1, O).

keyword(N, O) -> keyword(N, O, 0).

keyword(0, _, Last) -> Last;
keyword(N, O, Last) ->
    A = pass(O, pass(O, pass(O, pass(O, pass(O, Last))))),
    keyword(N - 1, O, pass(O, pass(O, pass(O, pass(O, pass(O, A)))))).

pass(O, A) -> ?MODULE:call(O, pass, A).

integers(0, X) -> X;
integers(N, X) -> integers(N - 1, ten(X, bit_not)).

lists(0, _) -> ok;
lists(N, L) ->
    _ = ten(L, tl),
    lists(N - 1, L).

ten(O, F) ->
    ?MODULE:call(?MODULE:call(?MODULE:call(?MODULE:call(?MODULE:call(
        ?MODULE:call(?MODULE:call(?MODULE:call(?MODULE:call(?MODULE:call(O, F), F), F), F), F), F), F), F), F), F).
