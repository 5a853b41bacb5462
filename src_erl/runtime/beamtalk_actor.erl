%%% @doc The process of every actor: one gen_server callback module for all actor classes.
%%%
%%% The gen_server state is the map of fields with its tag, so `sys:get_state/1' shows it. Before a message it is put into
%%% the process dictionary, where generated code reads and writes fields; after it the dictionary's map is the new state,
%%% or the old one if the method failed. Actors are not linked to their spawner and not supervised: they outlive who made
%%% them, and their state is theirs alone. A crash outside a message can only come from `kill' or an exit signal.
-module(beamtalk_actor).
-behaviour(gen_server).

-include("beamtalk.hrl").

-export([start/3, stop/1, kill/1, is_alive/1, monitor/1]).
-export([state/0, set_state/1, self_ref/0, stop_after_message/0]).
%% Run by `proc_lib'.
-export([run/3]).
%% Called by generated code.
-export([block_field/3, block_put/3, block_restore/2]).
%% gen_server
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2, code_change/3, format_status/1]).

-define(STATE, '$beamtalk_state').
-define(SELF, '$beamtalk_self').
-define(STOP, '$beamtalk_stop').
%% Read by the Transcript.
-define(CALLER, '$beamtalk_caller').

%% @doc Starts an actor with the given fields and runs `initialize'; its failure is raised here. Without that method nothing can
%% fail, so nobody waits: the process finds its fields before its first message.
-spec start(atom(), module(), map()) -> beamtalk_tag:actor().
start(Class, Module, Fields) ->
    State = Fields#{?BT_TAG => Class},
    case initializer(Class) of
        none ->
            Pid = proc_lib:spawn(?MODULE, run, [Class, Module, State]),
            ok = beamtalk_object_instances:add(Class, Pid),
            {beamtalk_object, Class, Module, Pid};
        Target ->
            start(Class, Module, State, Target)
    end.

start(Class, Module, State, Target) ->
    case gen_server:start(?MODULE, {Class, Module, State, Target}, []) of
        {ok, Pid} -> {beamtalk_object, Class, Module, Pid};
        {error, {shutdown, {initialize_failed, Reason}}} -> beamtalk_exception_handler:raise_rejection(Reason)
    end.

%% @doc The process of an actor without `initialize'.
-spec run(atom(), module(), map()) -> no_return().
run(Class, Module, State) ->
    %% Nobody is its parent, as after `gen_server:start': it outlives who made it.
    _ = put('$ancestors', [self() | get('$ancestors')]),
    _ = put(?SELF, {beamtalk_object, Class, Module, self()}),
    _ = put(?STATE, State),
    gen_server:enter_loop(?MODULE, [], State).

%%% Primitives of class Actor. In the actor's own process the stop happens after the message.

-spec stop(beamtalk_tag:actor()) -> term().
stop({beamtalk_object, Class, _, P}) -> beamtalk_actor_send:ask(P, Class, stop, []).

-spec kill(beamtalk_tag:actor()) -> term().
kill({beamtalk_object, Class, _, P}) -> beamtalk_actor_send:ask(P, Class, kill, []).

-spec is_alive(beamtalk_tag:actor()) -> boolean().
is_alive({beamtalk_object, _, _, P}) -> beamtalk_actor_send:is_alive(P).

-spec monitor(beamtalk_tag:actor()) -> reference().
monitor({beamtalk_object, _, _, P}) -> erlang:monitor(process, P).

%%% Inside the actor's process.

%% @doc Fields of the actor of this process, with the tag; undefined in other processes.
-spec state() -> map() | undefined.
state() -> get(?STATE).

-spec set_state(map()) -> ok.
set_state(State) ->
    _ = put(?STATE, State),
    ok.

%% @doc Reference of the actor of this process.
-spec self_ref() -> beamtalk_tag:actor() | undefined.
self_ref() -> get(?SELF).

%% @doc The actor of this process ends when the current message is answered.
-spec stop_after_message() -> ok.
stop_after_message() ->
    _ = put(?STOP, true),
    ok.

%% @doc Reads a field inside a block of an actor class. In another process the block sees its snapshot.
-spec block_field(term(), map(), atom()) -> term().
block_field({beamtalk_object, _, _, P}, _, Field) when P =:= self() -> maps:get(Field, get(?STATE), nil);
block_field(_, Snapshot, Field) -> maps:get(Field, Snapshot, nil).

%% @doc Writes a field inside a block of an actor class. In another process the write is dropped.
-spec block_put(term(), atom(), Value) -> Value.
block_put({beamtalk_object, _, _, P}, Field, Value) when P =:= self() ->
    _ = put(?STATE, (get(?STATE))#{Field => Value}),
    Value;
block_put(_, _, Value) ->
    Value.

%% @doc In a block of an actor class: puts the fields back as a handler wants them, in the actor's own process.
-spec block_restore(term(), map()) -> ok.
block_restore({beamtalk_object, _, _, P}, State) when P =:= self() ->
    _ = put(?STATE, State),
    ok;
block_restore(_, _) ->
    ok.

%%% gen_server

-spec init({atom(), module(), map(), beamtalk_dispatch:target()}) -> {ok, map()} | {stop, term()}.
init({Class, Module, State, Target}) ->
    Self = {beamtalk_object, Class, Module, self()},
    _ = put(?SELF, Self),
    _ = put(?STATE, State),
    initialize(Class, Target, Self).

%% Whether a class has `initialize' is asked at every spawn, hence remembered.
initializer(Class) ->
    beamtalk_dispatch_cache:find({initializer, Class}, fun() -> beamtalk_dispatch:find(Class, initialize) end).

initialize(Class, Target, Self) ->
    try
        case Target of
            {m, Module} -> Module:initialize(Self);
            _ -> perform(initialize, [])
        end
    of
        _ ->
            ok = beamtalk_object_instances:add(Class, self()),
            {ok, get(?STATE)}
    catch
        Kind:Reason:Stack ->
            {stop, {shutdown, {initialize_failed, beamtalk_exception_handler:rejection(Kind, Reason, Stack)}}}
    end.

-spec handle_call(term(), gen_server:from(), map()) ->
    {reply, ok | {ok, term()} | {error, term()}, map()} | {stop, normal, term(), map()}.
handle_call({Sel, Args}, {Caller, _}, State) when is_atom(Sel), is_list(Args) ->
    _ = put(?STATE, State),
    ok = note_caller(Sel, Caller),
    try perform(Sel, Args) of
        V -> replied({ok, V}, get(?STATE))
    catch
        Kind:Reason:Stack -> replied({error, failed(Kind, Reason, Stack, Sel)}, State)
    end;
handle_call({'$beamtalk_migrate', Class}, _, State) ->
    _ = put(?STATE, State),
    case beamtalk_hot_reload:migrate_state(Class, State, get(?SELF)) of
        {ok, New} -> {reply, ok, New};
        {error, Reason} -> {reply, {error, Reason}, State}
    end;
handle_call(_, _, State) ->
    Error = beamtalk_error:new(does_not_understand, class(State)),
    {reply, {error, beamtalk_error:to_exception(Error)}, State}.

replied(Answer, State) ->
    case erase(?STOP) of
        undefined -> {reply, Answer, State};
        true -> {stop, normal, Answer, State}
    end.

-spec handle_cast(term(), map()) -> {noreply, map()} | {stop, normal, map()}.
handle_cast({Sel, Args, Future}, State) when is_atom(Sel), is_list(Args), is_pid(Future) ->
    _ = put(?STATE, State),
    ok = note_caller(Sel, Future),
    try perform(Sel, Args) of
        V ->
            Future ! {resolve, V},
            done(get(?STATE))
    catch
        Kind:Reason:Stack ->
            Future ! {reject, failed(Kind, Reason, Stack, Sel)},
            done(State)
    end;
handle_cast({Sel, Args}, State) when is_atom(Sel), is_list(Args) ->
    _ = put(?STATE, State),
    try perform(Sel, Args) of
        _ -> done(get(?STATE))
    catch
        Kind:Reason:Stack ->
            log(warning, failed, Sel, failed(Kind, Reason, Stack, Sel)),
            done(State)
    end;
handle_cast('$beamtalk_stop', State) ->
    {stop, normal, State};
handle_cast(Malformed, State) ->
    log(warning, malformed, undefined, Malformed),
    {noreply, State}.

done(State) ->
    case erase(?STOP) of
        undefined -> {noreply, State};
        true -> {stop, normal, State}
    end.

%% Any other message: the class may take raw messages with `handleInfo:'.
-spec handle_info(term(), map()) -> {noreply, map()} | {stop, normal, map()}.
handle_info(Message, State) ->
    case beamtalk_dispatch:find(class(State), 'handleInfo:') of
        none ->
            log(debug, dropped, undefined, Message),
            {noreply, State};
        _ ->
            handle_cast({'handleInfo:', [Message]}, State)
    end.

%% An orderly stop runs the unary method `terminate', whose errors are ignored.
-spec terminate(term(), map()) -> ok.
terminate(_, State) ->
    ok = beamtalk_object_instances:remove(self()),
    _ = put(?STATE, State),
    try
        beamtalk_dispatch:find(class(State), terminate) =/= none andalso perform(terminate, [])
    catch
        Kind:Reason:Stack ->
            log(debug, failed, terminate, beamtalk_exception_handler:rejection(Kind, Reason, Stack))
    end,
    ok.

%% For release upgrades of this module; a changed class comes as a call (beamtalk_hot_reload).
-spec code_change(term(), map(), term()) -> {ok, map()}.
code_change(_, State, _) ->
    {ok, State}.

-spec format_status(gen_server:format_status()) -> gen_server:format_status().
format_status(#{state := State} = Status) when is_map(State) ->
    Status#{state := {class(State), beamtalk_tag:fields(State)}};
format_status(Status) ->
    Status.

%%% Running a method.

%% These two are about the sender's session. The process of a future belongs to the same one.
note_caller(Sel, Pid) when Sel =:= subscribe; Sel =:= unsubscribe ->
    _ = put(?CALLER, Pid),
    ok;
note_caller(_, _) ->
    ok.

perform(Sel, Args) ->
    {beamtalk_object, Class, _, _} = Self = get(?SELF),
    Module = persistent_term:get(Class, beamtalk_dynamic_class),
    case Args of
        [] -> Module:(beamtalk_selector:function_name(Sel))(Self);
        [A] -> Module:Sel(Self, A);
        [A, B] -> Module:Sel(Self, A, B);
        _ -> apply(Module, Sel, [Self | Args])
    end.

failed(Kind, Reason, Stack, Sel) ->
    %% No send of this message will come back to its cells.
    ok = beamtalk_cells:drop(0),
    Rejection = beamtalk_exception_handler:rejection(Kind, Reason, Stack),
    log(debug, failed, Sel, Rejection),
    Rejection.

class(State) ->
    maps:get(?BT_TAG, State, undefined).

log(Level, Event, Sel, What) ->
    %% Without a domain: the default handler shows only those of OTP.
    logger:log(Level, #{event => Event, actor => get(?SELF), selector => Sel, what => What}).
