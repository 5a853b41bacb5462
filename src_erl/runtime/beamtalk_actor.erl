%%% @doc The process of every actor: a special process of OTP (`proc_lib', `sys') that speaks gen_server's protocol.
%%%
%%% The fields are a map with its tag in the process dictionary, where generated code reads and writes them; a message that fails puts
%%% the map back that was there before it. Nothing else changes between messages, so the loop carries no state: a message costs what its
%%% method costs (`bench/run R10 R12'). `gen_server:call/2,3', `gen_server:cast/2' and the functions of `sys' work on actors as on any server.
%%% Actors are not linked to their spawner and not supervised unless `start_link/2' starts them: they outlive who made
%%% them, and their state is theirs alone. A crash outside a message can only come from `kill' or an exit signal.
-module(beamtalk_actor).

-include("beamtalk.hrl").

-export([start/3, start_link/2, stop/1, kill/1, is_alive/1, monitor/1]).
-export([state/0, set_state/1, self_ref/0, ref_of/1, stop_after_message/0]).
%% Run by `proc_lib'.
-export([run/3, run/5]).
%% Called by generated code.
-export([block_field/3, block_put/3, block_restore/2]).
%% Called by `sys'.
-export([system_continue/3, system_terminate/4, system_get_state/1, system_replace_state/2, system_code_change/4, format_status/2]).

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
            case proc_lib:start(?MODULE, run, [none, Class, Module, State, Target]) of
                {ok, Pid} -> {beamtalk_object, Class, Module, Pid};
                {error, Reason} -> beamtalk_exception_handler:raise_rejection(Reason)
            end
    end.

%% @doc Starts an actor as the child of a supervisor: linked to the caller, with the class's defaults and the given fields.
-spec start_link(atom(), map()) -> {ok, pid()} | {error, beamtalk_error:exception()}.
start_link(Class, Fields) ->
    Module = beamtalk_class_registry:module_of(Class),
    State = (maps:merge(beamtalk_class_instantiation:fields(Class), Fields))#{?BT_TAG => Class},
    proc_lib:start_link(?MODULE, run, [self(), Class, Module, State, initializer(Class)]).

%% @doc The process of an actor without `initialize'.
-spec run(atom(), module(), map()) -> no_return().
run(Class, Module, State) ->
    ok = outlives_its_maker(),
    Self = begin_life(Class, Module, State),
    loop(self(), Self, []).

%% @doc The process of an actor that somebody waits for, with `initialize' or a parent.
-spec run(none | pid(), atom(), module(), map(), none | beamtalk_dispatch:target()) -> no_return().
run(Parent, Class, Module, State, Target) ->
    Self = begin_life(Class, Module, State),
    try initialize(Target, Self) of
        _ ->
            ok = beamtalk_object_instances:add(Class, self()),
            ok = proc_lib:init_ack({ok, self()}),
            case Parent of
                none ->
                    ok = outlives_its_maker(),
                    loop(self(), Self, []);
                _ ->
                    loop(Parent, Self, [])
            end
    catch
        Kind:Reason:Stack ->
            ok = proc_lib:init_ack({error, beamtalk_exception_handler:rejection(Kind, Reason, Stack)}),
            exit(normal)
    end.

%% Nobody is its parent.
outlives_its_maker() ->
    _ = put('$ancestors', [self() | get('$ancestors')]),
    ok.

begin_life(Class, Module, State) ->
    Self = {beamtalk_object, Class, Module, self()},
    _ = put(?SELF, Self),
    _ = put(?STATE, State),
    Self.

%% Whether a class has `initialize' is asked at every spawn, hence remembered.
initializer(Class) ->
    beamtalk_dispatch_cache:find({initializer, Class}, fun() -> beamtalk_dispatch:find(Class, initialize) end).

initialize(none, _) -> nil;
initialize({m, Module}, Self) -> Module:initialize(Self);
initialize(_, Self) -> perform(Self, initialize, []).

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

%% @doc Reference of the actor in another process of this node, as it was spawned.
-spec ref_of(pid()) -> beamtalk_tag:actor() | undefined.
ref_of(Pid) ->
    case process_info(Pid, dictionary) of
        {dictionary, Dictionary} -> proplists:get_value(?SELF, Dictionary);
        undefined -> undefined
    end.

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

%%% The loop.

loop(Parent, Self, Debug) ->
    receive
        Message when Debug =:= [] -> handle(Message, Parent, Self, Debug);
        {system, _, _} = Message -> handle(Message, Parent, Self, Debug);
        Message -> handle(Message, Parent, Self, sys:handle_debug(Debug, fun print_event/3, Self, {in, Message}))
    end.

handle({?BT_SEND, Ref, Sel, Args}, Parent, Self, Debug) ->
    ok = beamtalk_outcomes:settle(Ref, outcome(attempt(Self, Sel, Args))),
    after_message(Parent, Self, Debug);
handle({?BT_PROBE, Alias}, Parent, Self, Debug) ->
    Alias ! {'$future', Alias, handled},
    loop(Parent, Self, Debug);
%% The short forms of the cast below, which is what other programs send. Written out: by way of `attempt/3' they take a quarter longer (`bench/run R12').
handle({?BT_TELL, Sel}, Parent, {beamtalk_object, Class, _, _} = Self, Debug) when
    Sel =/= new, Sel =/= spawn, Sel =/= has_method, Sel =/= module_info
->
    Before = get(?STATE),
    try (persistent_term:get(Class, beamtalk_dynamic_class)):Sel(Self) of
        _ -> after_message(Parent, Self, Debug)
    catch
        Kind:Reason:Stack -> tell_failed(undone(Kind, Reason, Stack, Sel, Before), Sel, Parent, Self, Debug)
    end;
handle({?BT_TELL, Sel, A}, Parent, {beamtalk_object, Class, _, _} = Self, Debug) ->
    Before = get(?STATE),
    try (persistent_term:get(Class, beamtalk_dynamic_class)):Sel(Self, A) of
        _ -> after_message(Parent, Self, Debug)
    catch
        Kind:Reason:Stack -> tell_failed(undone(Kind, Reason, Stack, Sel, Before), Sel, Parent, Self, Debug)
    end;
handle({?BT_TELL, Sel}, Parent, Self, Debug) ->
    handle({'$gen_cast', {Sel, []}}, Parent, Self, Debug);
handle({'$gen_cast', {Sel, Args}}, Parent, Self, Debug) when is_atom(Sel), length(Args) >= 0 ->
    case attempt(Self, Sel, Args) of
        {ok, _} -> after_message(Parent, Self, Debug);
        {error, Rejection} -> tell_failed(Rejection, Sel, Parent, Self, Debug)
    end;
handle({'$gen_call', {Caller, _} = From, {Sel, Args}}, Parent, Self, Debug) when is_atom(Sel), length(Args) >= 0 ->
    ok = note_caller(Sel, Caller),
    ok = gen_server:reply(From, attempt(Self, Sel, Args)),
    after_message(Parent, Self, Debug);
handle({'$gen_cast', {Sel, Args, Future}}, Parent, Self, Debug) when is_atom(Sel), length(Args) >= 0, is_pid(Future) ->
    ok = note_caller(Sel, Future),
    _ =
        case attempt(Self, Sel, Args) of
            {ok, V} -> Future ! {resolve, V};
            {error, Rejection} -> Future ! {reject, Rejection}
        end,
    after_message(Parent, Self, Debug);
handle({'$gen_cast', '$beamtalk_stop'}, _, _, _) ->
    finish(normal);
handle({'$gen_call', From, {'$beamtalk_migrate', Class}}, Parent, Self, Debug) ->
    ok = gen_server:reply(From, migrate(Class, Self)),
    after_message(Parent, Self, Debug);
handle({'$gen_call', From, _}, Parent, {beamtalk_object, Class, _, _} = Self, Debug) ->
    Error = beamtalk_error:new(does_not_understand, Class),
    ok = gen_server:reply(From, {error, beamtalk_error:to_exception(Error)}),
    loop(Parent, Self, Debug);
handle({'$gen_cast', Malformed}, Parent, Self, Debug) ->
    log(warning, malformed, undefined, Malformed),
    loop(Parent, Self, Debug);
handle({system, From, Request}, Parent, Self, Debug) ->
    sys:handle_system_msg(Request, From, Parent, ?MODULE, Debug, Self);
handle({'EXIT', Parent, Reason}, Parent, _, _) ->
    finish(Reason);
%% Any other message: the class may take raw messages with `handleInfo:'.
handle(Message, Parent, {beamtalk_object, Class, _, _} = Self, Debug) ->
    case beamtalk_dispatch:find(Class, 'handleInfo:') of
        none ->
            log(debug, dropped, undefined, Message),
            loop(Parent, Self, Debug);
        _ ->
            handle({'$gen_cast', {'handleInfo:', [Message]}}, Parent, Self, Debug)
    end.

outcome({ok, V}) -> {resolved, V};
outcome({error, Rejection}) -> {rejected, Rejection}.

tell_failed(Rejection, Sel, Parent, Self, Debug) ->
    log(warning, failed, Sel, Rejection),
    after_message(Parent, Self, Debug).

after_message(Parent, Self, Debug) ->
    case get(?STOP) of
        undefined -> loop(Parent, Self, Debug);
        true -> finish(normal)
    end.

migrate(Class, Self) ->
    case beamtalk_hot_reload:migrate_state(Class, get(?STATE), Self) of
        {ok, New} ->
            _ = put(?STATE, New),
            ok;
        {error, Reason, New} ->
            _ = put(?STATE, New),
            ok = beamtalk_cells:drop(0),
            {error, Reason}
    end.

%% An orderly stop runs the unary method `terminate', whose errors are ignored.
-spec finish(term()) -> no_return().
finish(Reason) ->
    ok = beamtalk_object_instances:remove(self()),
    {beamtalk_object, Class, _, _} = Self = get(?SELF),
    try
        beamtalk_dispatch:find(Class, terminate) =/= none andalso perform(Self, terminate, [])
    catch
        Kind:Error:Stack ->
            log(debug, failed, terminate, beamtalk_exception_handler:rejection(Kind, Error, Stack))
    end,
    exit(Reason).

%%% Called by `sys'.

-spec system_continue(pid(), [sys:dbg_opt()], beamtalk_tag:actor()) -> no_return().
system_continue(Parent, Debug, Self) -> loop(Parent, Self, Debug).

-spec system_terminate(term(), pid(), [sys:dbg_opt()], beamtalk_tag:actor()) -> no_return().
system_terminate(Reason, _, _, _) -> finish(Reason).

-spec system_get_state(beamtalk_tag:actor()) -> {ok, map()}.
system_get_state(_) -> {ok, get(?STATE)}.

-spec system_replace_state(fun((map()) -> map()), beamtalk_tag:actor()) -> {ok, map(), beamtalk_tag:actor()}.
system_replace_state(Change, Self) ->
    State = Change(get(?STATE)),
    _ = put(?STATE, State),
    {ok, State, Self}.

%% For release upgrades of this module; a changed class comes as a call (beamtalk_hot_reload).
-spec system_code_change(beamtalk_tag:actor(), module(), term(), term()) -> {ok, beamtalk_tag:actor()}.
system_code_change(Self, _, _, _) -> {ok, Self}.

-spec format_status(normal | terminate, [term()]) -> [term()].
format_status(_, [_, SysState, Parent, Debug, {beamtalk_object, Class, _, _}]) ->
    [
        {header, ["Status for actor ", atom_to_list(Class)]},
        {data, [{"Status", SysState}, {"Parent", Parent}, {"Logged events", sys:get_log(Debug)}]},
        {data, [{"State", {Class, beamtalk_tag:fields(get(?STATE))}}]}
    ].

print_event(Device, Event, {beamtalk_object, Class, _, _}) ->
    io:format(Device, "*DBG* ~ts ~tp ~tp~n", [Class, self(), Event]).

%%% Running a method.

%% These two are about the sender's session. The process of a future belongs to the same one.
note_caller(Sel, Pid) when Sel =:= subscribe; Sel =:= unsubscribe ->
    _ = put(?CALLER, Pid),
    ok;
note_caller(_, _) ->
    ok.

attempt(Self, Sel, Args) ->
    Before = get(?STATE),
    try
        {ok, perform(Self, Sel, Args)}
    catch
        Kind:Reason:Stack -> {error, undone(Kind, Reason, Stack, Sel, Before)}
    end.

perform({beamtalk_object, Class, _, _} = Self, Sel, Args) ->
    Module = persistent_term:get(Class, beamtalk_dynamic_class),
    case Args of
        [] when Sel =/= new, Sel =/= spawn, Sel =/= has_method, Sel =/= module_info -> Module:Sel(Self);
        [] -> Module:(beamtalk_selector:function_name(Sel))(Self);
        [A] -> Module:Sel(Self, A);
        [A, B] -> Module:Sel(Self, A, B);
        _ -> apply(Module, Sel, [Self | Args])
    end.

%% A message that fails leaves the fields as they were before it.
undone(Kind, Reason, Stack, Sel, Before) ->
    _ = put(?STATE, Before),
    %% No send of this message will come back to its cells.
    ok = beamtalk_cells:drop(0),
    Rejection = beamtalk_exception_handler:rejection(Kind, Reason, Stack),
    log(debug, failed, Sel, Rejection),
    Rejection.

log(Level, Event, Sel, What) ->
    beamtalk_log:log(Level, actor, #{event => Event, actor => get(?SELF), selector => Sel, what => What}).
