%%% @doc Names for the modules of workspace expressions, used again and again so that the number of atoms stays small.
%%%
%%% A module whose code makes blocks may live on in a variable, a field, a class variable or anywhere else a block can be kept. Such a module is retired
%%% only when many are waiting, the oldest first, and only if nobody holds one of its blocks any more. OTP does not look for kept funs when
%%% it purges a module, but counts them: for each place that makes a block the server holds one fun of its own, and asks how many there are. Supervised by
%%% `beamtalk_workspace_sup'. After a crash numbering starts anew behind the modules that are loaded.
-module(beamtalk_eval_modules).
-behaviour(gen_server).

%% API
-export([start_link/0, acquire/0, loaded/2, release/1]).
%% gen_server
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-define(PREFIX, "beamtalk_repl_eval_").
%% Modules with blocks that are kept before the first is looked at, and how many are looked at in one go.
-define(KEPT, 100).
-define(LOOKS, 10).
%% References to a block's code that are none of its users: the module's own, and the server's fun.
-define(OWN, 2).

-record(state, {
    next = 0 :: non_neg_integer(),
    free = [] :: [module()],
    %% One fun for each place of a module that makes blocks.
    blocks = #{} :: #{module() => [fun()]},
    kept = queue:new() :: queue:queue(module())
}).

-spec start_link() -> gen_server:start_ret().
start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc A name nobody uses.
-spec acquire() -> module().
acquire() ->
    gen_server:call(?MODULE, acquire, infinity).

%% @doc The module is loaded from this code.
-spec loaded(module(), binary()) -> ok.
loaded(Module, Beam) ->
    case beam_lib:chunks(Beam, ["FunT"]) of
        {ok, {Module, [{"FunT", <<_:32, Blocks/binary>>}]}} -> gen_server:cast(?MODULE, {loaded, Module, Module:module_info(md5), Blocks});
        {error, beam_lib, {missing_chunk, _, _}} -> ok
    end.

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

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast({loaded, Module, Digest, Blocks}, #state{blocks = Known} = State) ->
    Funs = [
        a_fun(Module, Digest, Arity, Index, Free, Uniq)
     || <<_Name:32, Arity:32, _Label:32, Index:32, Free:32, Uniq:32>> <= Blocks
    ],
    {noreply, State#state{blocks = Known#{Module => Funs}}};
handle_cast({release, Module}, #state{blocks = Blocks, kept = Kept} = State) ->
    case {erlang:module_loaded(Module), maps:get(Module, Blocks, [])} of
        {false, _} -> {noreply, free(Module, State)};
        {true, []} -> {noreply, retire(Module, State)};
        {true, _} ->
            ok = collect(queue:len(Kept)),
            {noreply, tidy(?LOOKS, State#state{kept = queue:in(Module, Kept)})}
    end.

%% Replaced values of a session's variables count until it is collected, which an idle process is not by itself.
collect(Kept) when Kept > ?KEPT, Kept rem 50 =:= 0 ->
    lists:foreach(
        fun({_, Session, _, _}) -> is_pid(Session) andalso erlang:garbage_collect(Session, [{async, kept}]) end,
        [Child || whereis(beamtalk_session_sup) =/= undefined, Child <- supervisor:which_children(beamtalk_session_sup)]
    );
collect(_) ->
    ok.

%% That a session has been collected.
-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info(_, State) -> {noreply, State}.

%% A fun as the module makes it, with nothing captured, by way of the external format: only so can code be named that is not exported.
a_fun(Module, Digest, Arity, Index, Free, Uniq) ->
    Name = atom_to_binary(Module),
    <<131, Pid/binary>> = term_to_binary(self()),
    Nothing = binary:copy(<<106>>, Free),
    Fun = [
        <<(Arity - Free), Digest/binary, Index:32, Free:32, 119, (byte_size(Name)), Name/binary, 98, Index:32, 98, Uniq:32>>, Pid, Nothing
    ],
    binary_to_term(iolist_to_binary([131, 112, <<(iolist_size(Fun) + 4):32>>, Fun])).

free(Module, #state{free = Free, blocks = Blocks} = State) ->
    State#state{free = [Module | Free], blocks = maps:remove(Module, Blocks)}.

%% Another name for a module that is still running somewhere: an actor's message loop does not, but a spawned process may.
retire(Module, #state{kept = Kept} = State) ->
    _ = code:delete(Module),
    case code:soft_purge(Module) of
        true -> free(Module, State);
        false -> State#state{kept = queue:in(Module, Kept)}
    end.

tidy(Looks, #state{kept = Kept, blocks = Blocks} = State) ->
    case Looks > 0 andalso queue:len(Kept) > ?KEPT of
        true ->
            {{value, Oldest}, Rest} = queue:out(Kept),
            case lists:any(fun is_held/1, maps:get(Oldest, Blocks, [])) of
                true -> tidy(Looks - 1, State#state{kept = queue:in(Oldest, Rest)});
                false -> tidy(Looks - 1, retire(Oldest, State#state{kept = Rest}))
            end;
        false ->
            State
    end.

%% The count is an item that OTP answers and does not write down; a test holds it to that.
-dialyzer({nowarn_function, [is_held/1, tidy/2]}).
is_held(Fun) ->
    {refc, References} = erlang:fun_info(Fun, refc),
    References > ?OWN.
