%%% An object with a process, written by hand with what an actor promises: the message names a function that is looked up when it is handled, so the code may
%%% change; a message that fails leaves the state as it was and the process alive; methods see the state wherever they are called from.
-module(bench_peer_object).

-export([start/0, tell/2, ask/2, next/1]).

-define(STATE, bench_state).

start() ->
    ok = persistent_term:put({?MODULE, object}, ?MODULE),
    {object, {?MODULE, object}, spawn(fun() -> begin_with(#{count => 0, name => <<>>}) end)}.

%% The receiver's kind is known at run time only.
tell({object, _, Pid}, Message) when is_pid(Pid) ->
    Pid ! {tell, Message},
    ok;
tell(Other, Message) ->
    error({no_object, Other, Message}).

ask({object, _, Pid}, Message) ->
    Monitor = monitor(process, Pid),
    Pid ! {ask, {self(), Monitor}, Message},
    receive
        {Monitor, Answer} ->
            true = demonitor(Monitor, [flush]),
            Answer;
        {'DOWN', Monitor, process, _, Reason} ->
            exit(Reason)
    end.

begin_with(State) ->
    _ = put(?STATE, State),
    loop({object, {?MODULE, object}, self()}).

loop({object, Class, _} = Self) ->
    receive
        {tell, Message} ->
            _ = attempt(Class, Message, Self),
            go_on(Self);
        {ask, {Caller, Tag}, Message} ->
            Caller ! {Tag, attempt(Class, Message, Self)},
            go_on(Self)
    end.

attempt(Class, Message, Self) ->
    Before = get(?STATE),
    try
        (persistent_term:get(Class)):Message(Self)
    catch
        Kind:Reason ->
            _ = put(?STATE, Before),
            {Kind, Reason}
    end.

%% A method may have asked for the end.
go_on(Self) ->
    case get(bench_stop) of
        undefined -> loop(Self);
        true -> ok
    end.

next(_) ->
    #{count := Count} = State = get(?STATE),
    _ = put(?STATE, State#{count := Count + 1}),
    Count + 1.
