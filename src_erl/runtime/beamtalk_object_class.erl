%%% @doc The process of a class: holder of the lock under which class variables are assigned.
%%%
%%% Registered as `beamtalk_class_NAME', child of `beamtalk_class_sup'. It keeps nothing but the lock and its queue, so with
%%% it no class is lost. Who holds the lock stands in a table too, written before the holder is told and deleted by the holder
%%% before it tells: after a crash the next process goes on with the same holder, and who was waiting asks again. The holder
%%% is monitored: its death frees the lock. Re-entrance is a mark in the holder's process dictionary.
-module(beamtalk_object_class).
-behaviour(gen_server).

-export([start/2, ensure_started/1, start_link/1, stop/1, process_name/1]).
-export([class_send/3, module_name/1, locked/2]).
%% gen_server
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-record(state, {
    class :: atom(),
    holder = none :: none | {pid(), reference()},
    waiting = queue:new() :: queue:queue({pid(), gen_server:from()})
}).

-define(LOCK_MS, 5000).
-define(HOLDERS, beamtalk_class_locks).

%% @doc Registers a class by hand; the map may hold no more than `module'.
-spec start(atom(), map()) -> {ok, pid()} | {error, beamtalk_error:error()}.
start(Class, Info) ->
    Module = maps:get(module, Info, beamtalk_selector:module_for_class(Class)),
    Meta = maps:merge(
        #{version => 1, superclass => 'Object', kind => value, modifiers => [], fields => [], class_vars => [],
          source => <<>>, file => nil, doc => nil, methods => [], class_methods => [], delegates => []},
        Info#{class => Class, module => Module}
    ),
    case beamtalk_class_builder:register(Meta) of
        ok ->
            %% The module named here may have nothing to do with the class: then no send may end in it.
            _ = is_module_of(Class, Module) orelse beamtalk_class_registry:route(Class, beamtalk_dynamic_class),
            {ok, whereis(process_name(Class))};
        {error, Error} ->
            {error, Error}
    end.

is_module_of(Class, Module) ->
    code:is_loaded(Module) =/= false andalso
        erlang:function_exported(Module, '__beamtalk__', 0) andalso
        maps:get(class, Module:'__beamtalk__'()) =:= Class.

%% @doc The class has its process afterwards.
-spec ensure_started(atom()) -> ok.
ensure_started(Class) ->
    case {whereis(process_name(Class)), whereis(beamtalk_class_sup)} of
        {undefined, undefined} ->
            _ = gen_server:start({local, process_name(Class)}, ?MODULE, Class, []),
            ok;
        {undefined, _} ->
            try beamtalk_class_sup:start_class(Class) of
                _ -> ok
            catch
                %% The supervisor ends at this moment, and a new one starts.
                exit:_ -> ensure_started(Class)
            end;
        _ ->
            ok
    end.

%% After a crash the supervisor and the next user of the lock both start the process; the second one is not needed.
-spec start_link(atom()) -> {ok, pid()} | ignore | {error, term()}.
start_link(Class) ->
    case gen_server:start_link({local, process_name(Class)}, ?MODULE, Class, []) of
        {error, {already_started, _}} -> ignore;
        Result -> Result
    end.

%% @doc Ends the process of a removed class.
-spec stop(atom()) -> ok.
stop(Class) ->
    case whereis(process_name(Class)) of
        undefined -> ok;
        Pid -> gen_server:stop(Pid, normal, ?LOCK_MS)
    end,
    true = ets:delete(?HOLDERS, Class),
    ok.

-spec process_name(atom()) -> atom().
process_name(Class) ->
    binary_to_atom(<<"beamtalk_class_", (atom_to_binary(Class))/binary>>).

%% @doc Sends a message to a class given by name or by its object, for Erlang callers.
-spec class_send(atom() | beamtalk_tag:class_ref(), atom(), [term()]) -> term().
class_send(Name, Selector, Args) when is_atom(Name) -> beamtalk_message_dispatch:class(Name, Selector, Args);
class_send(Class, Selector, Args) -> beamtalk_message_dispatch:send(Class, Selector, Args).

-spec module_name(atom() | beamtalk_tag:class_ref()) -> module() | undefined.
module_name(Class) ->
    {ok, Name} = beamtalk_tag:referred_class(Class),
    beamtalk_class_registry:module_of(Name).

%% @doc Runs the fun while this process holds the lock of the class. Waits at most five seconds for it.
-spec locked(atom(), fun(() -> Answer)) -> Answer.
locked(Class, Fun) ->
    Key = {'$beamtalk_lock', Class},
    case get(Key) of
        true ->
            Fun();
        undefined ->
            Server = lock(Class),
            _ = put(Key, true),
            try
                Fun()
            after
                _ = erase(Key),
                ok = unlock(Class, Server)
            end
    end.

unlock(Class, Server) ->
    true = ets:delete_object(?HOLDERS, {Class, self()}),
    gen_server:cast(Server, {unlock, self()}).

lock(Class) -> lock(Class, erlang:monotonic_time(millisecond) + ?LOCK_MS).

lock(Class, Deadline) ->
    ok = ensure_started(Class),
    Server = process_name(Class),
    Left = max(0, Deadline - erlang:monotonic_time(millisecond)),
    try gen_server:call(Server, lock, Left) of
        ok -> Server
    catch
        exit:{Reason, _} when Reason =/= timeout, Left > 0 ->
            %% The process of the class died; a new one has another queue.
            lock(Class, Deadline);
        exit:_ ->
            ok = unlock(Class, Server),
            Error = beamtalk_error:new(timeout, Class),
            Hint = <<"Another process is running a class method that assigns class variables">>,
            beamtalk_error:raise(beamtalk_error:with_hint(Error, Hint))
    end.

%%% gen_server

-spec init(atom()) -> {ok, #state{}}.
init(Class) ->
    case ets:lookup(?HOLDERS, Class) of
        [{_, Pid}] -> {ok, #state{class = Class, holder = {Pid, erlang:monitor(process, Pid)}}};
        [] -> {ok, #state{class = Class}}
    end.

-spec handle_call(lock, gen_server:from(), #state{}) -> {reply, ok, #state{}} | {noreply, #state{}}.
handle_call(lock, {Pid, _} = From, #state{holder = none} = State) ->
    {noreply, grant(Pid, From, State)};
handle_call(lock, {Pid, _}, #state{holder = {Pid, _}} = State) ->
    %% The process before this one ended between writing the row and telling.
    {reply, ok, State};
handle_call(lock, {Pid, _} = From, #state{waiting = Waiting} = State) ->
    {noreply, State#state{waiting = queue:in({Pid, From}, Waiting)}}.

-spec handle_cast({unlock, pid()}, #state{}) -> {noreply, #state{}}.
handle_cast({unlock, Pid}, #state{holder = {Pid, Ref}} = State) ->
    true = erlang:demonitor(Ref, [flush]),
    {noreply, next(State)};
handle_cast({unlock, Pid}, #state{waiting = Waiting} = State) ->
    %% Somebody gave up waiting.
    {noreply, State#state{waiting = queue:filter(fun({P, _}) -> P =/= Pid end, Waiting)}}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info({'DOWN', Ref, process, Pid, _}, #state{class = Class, holder = {Pid, Ref}} = State) ->
    true = ets:delete_object(?HOLDERS, {Class, Pid}),
    {noreply, next(State)};
handle_info(_, State) ->
    {noreply, State}.

grant(Pid, From, #state{class = Class} = State) ->
    true = ets:insert(?HOLDERS, {Class, Pid}),
    gen_server:reply(From, ok),
    State#state{holder = {Pid, erlang:monitor(process, Pid)}}.

next(#state{waiting = Waiting} = State) ->
    case queue:out(Waiting) of
        {empty, _} -> State#state{holder = none};
        {{value, {Pid, From}}, Rest} -> grant(Pid, From, State#state{waiting = Rest})
    end.
