%%% @doc Names for the modules of workspace expressions, used again and again so that the number of atoms stays small.
%%%
%%% A module that holds a block may live on in a variable, a field or a class variable. Such a module is retired only when many
%%% are waiting, the oldest first, and only if no process and none of the shared tables still refers to it. Supervised by
%%% `beamtalk_workspace_sup'. After a crash numbering starts anew behind the modules that are loaded.
-module(beamtalk_eval_modules).
-behaviour(gen_server).

%% API
-export([start_link/0, acquire/0, release/1]).
%% gen_server
-export([init/1, handle_call/3, handle_cast/2]).

-define(PREFIX, "beamtalk_repl_eval_").
%% Modules with blocks that are kept before the first is looked at.
-define(KEPT, 100).

-record(state, {
    next = 0 :: non_neg_integer(),
    free = [] :: [module()],
    kept = queue:new() :: queue:queue(module())
}).

-spec start_link() -> gen_server:start_ret().
start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc A name nobody uses.
-spec acquire() -> module().
acquire() ->
    gen_server:call(?MODULE, acquire, infinity).

%% @doc The evaluation is over.
-spec release(module()) -> ok.
release(Module) ->
    gen_server:cast(?MODULE, {release, Module}).

-spec init([]) -> {ok, #state{}}.
init([]) ->
    Used = [N || {Module, _} <- code:all_loaded(), {ok, N} <- [number(atom_to_list(Module))]],
    {ok, #state{next = lists:max([-1 | Used]) + 1}}.

number(?PREFIX ++ Digits) ->
    try
        {ok, list_to_integer(Digits)}
    catch
        error:badarg -> error
    end;
number(_) ->
    error.

-spec handle_call(acquire, gen_server:from(), #state{}) -> {reply, module(), #state{}}.
handle_call(acquire, _From, #state{free = [Module | Free]} = State) ->
    {reply, Module, State#state{free = Free}};
handle_call(acquire, _From, #state{next = N} = State) ->
    {reply, list_to_atom(?PREFIX ++ integer_to_list(N)), State#state{next = N + 1}}.

-spec handle_cast({release, module()}, #state{}) -> {noreply, #state{}}.
handle_cast({release, Module}, #state{kept = Kept} = State) ->
    case {erlang:module_loaded(Module), has_blocks(Module)} of
        {false, _} -> {noreply, free(Module, State)};
        {true, false} -> {noreply, retire(Module, State)};
        {true, true} -> {noreply, tidy(State#state{kept = queue:in(Module, Kept)})}
    end.

free(Module, #state{free = Free} = State) ->
    State#state{free = [Module | Free]}.

%% Another name for a module that is still running somewhere: an actor's message loop does not, but a spawned process may.
retire(Module, #state{kept = Kept} = State) ->
    _ = code:delete(Module),
    case code:soft_purge(Module) of
        true -> free(Module, State);
        false -> State#state{kept = queue:in(Module, Kept)}
    end.

has_blocks(Module) ->
    case erlang:module_loaded(Module) of
        true -> lists:any(fun is_block/1, Module:module_info(functions));
        false -> false
    end.

is_block({Name, _}) ->
    case atom_to_list(Name) of
        "-" ++ _ -> true;
        _ -> false
    end.

tidy(#state{kept = Kept} = State) ->
    case queue:len(Kept) > ?KEPT of
        true ->
            {{value, Oldest}, Rest} = queue:out(Kept),
            case lists:member(Oldest, in_tables()) of
                true -> State#state{kept = queue:in(Oldest, Rest)};
                false -> retire(Oldest, State#state{kept = Rest})
            end;
        false ->
            State
    end.

%% Modules of the blocks that sit in tables, where no process holds them.
in_tables() ->
    Tables = [beamtalk_class_vars, beamtalk_dynamic_methods, beamtalk_extensions],
    lists:usort(lists:append([modules(ets:tab2list(Table)) || Table <- Tables, ets:whereis(Table) =/= undefined])).

modules(Fun) when is_function(Fun) ->
    {module, Module} = erlang:fun_info(Fun, module),
    {env, Captured} = erlang:fun_info(Fun, env),
    [Module | modules(Captured)];
modules([Head | Tail]) -> modules(Head) ++ modules(Tail);
modules(Tuple) when is_tuple(Tuple) -> modules(tuple_to_list(Tuple));
modules(Map) when is_map(Map) -> modules(maps:to_list(Map));
modules(_) -> [].
