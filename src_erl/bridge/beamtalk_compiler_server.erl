%%% @doc Owner of the compiler process: one request at a time on it, the others wait in line.
%%%
%%% Belongs to the bridge, supervised by `beamtalk_compiler_sup'. The process never blocks: answers, time-outs and exits come as
%%% messages. State: the port, the request it works on, the line of waiting ones; a crash loses the first and sends the others back to
%%% their callers, who ask again.
%%%
%%% * The port is opened at start, or with the first request when the library is what this node uses.
%%% * The first exchange is `version' (5 s). An executable that fails there makes requests answer `unavailable'; the server stays.
%%% * An exit later stops the server with `{port_exit_status, N}'; the supervisor starts it afresh. `request/2' repeats a request
%%%   once, and only if the lost process had answered one before, so that a request that kills the compiler kills it twice at most.
%%% * A time-out closes the port at once: a late answer is never taken for the next one's. Answers carry the request's id as well.
-module(beamtalk_compiler_server).

-behaviour(gen_server).
-behaviour(beamtalk_compiler_backend).

-include_lib("kernel/include/logger.hrl").

%% API
-export([start_link/0, request/2, info/0]).
%% gen_server
-export([init/1, handle_continue/2, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).

-define(PROTOCOL, 1).
-define(HANDSHAKE_MS, 5000).
%% After a failed start the executable is not tried again for this long, unless another one is to be used.
-define(RETRY_MS, 1000).
%% How long a caller waits for the supervisor to bring a new server.
-define(RESTART_MS, 2000).
-define(BASE_COMMANDS, [compile, compile_expression, diagnostics, version]).

-record(job, {
    id :: integer(),
    frame :: binary(),
    command :: atom(),
    from :: gen_server:from(),
    timer :: reference()
}).

-record(state, {
    phase = closed :: closed | {handshake, reference()} | ready,
    port :: port() | undefined,
    path :: file:filename() | undefined,
    commands = ?BASE_COMMANDS :: [atom()],
    info = #{} :: map(),
    current :: #job{} | undefined,
    waiting = queue:new() :: queue:queue(#job{}),
    %% Has this process answered a request?
    proven = false :: boolean(),
    failure :: {Path :: file:filename() | undefined, At :: integer(), Text :: binary()} | undefined
}).

-type answer() :: {ok, map()} | {error, beamtalk_compiler_backend:failure()}.

%%% API

-spec start_link() -> gen_server:start_ret().
start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

-spec request(map(), timeout()) -> answer().
request(Request, Timeout) ->
    Id = erlang:unique_integer([positive]),
    case beamtalk_compiler_port:encode(Request#{id => Id}) of
        {ok, Frame} ->
            Command = maps:get(command, Request, undefined),
            request({request, Id, Command, Frame, Timeout}, whereis(?MODULE), 2);
        {error, {too_large, Size}} ->
            {error, {too_large, Size}}
    end.

request(_Call, undefined, _Tries) ->
    {error, {unavailable, <<"Compiler port is not available">>}};
request(Call, Server, Tries) ->
    try gen_server:call(Server, Call, infinity) of
        {lost, sent, true} when Tries > 1 -> request(Call, successor(Server), Tries - 1);
        {lost, sent, _} -> {error, {crash, <<"Compiler port exited unexpectedly">>}};
        {lost, waiting} when Tries > -5 -> request(Call, successor(Server), Tries - 1);
        {lost, waiting} -> {error, {crash, <<"Compiler port exited unexpectedly">>}};
        Answer -> Answer
    catch
        %% The server stopped with this call still unread.
        exit:{noproc, _} when Tries > -5 -> request(Call, successor(Server), Tries - 1);
        exit:{{port_exit_status, _}, _} when Tries > -5 -> request(Call, successor(Server), Tries - 1);
        exit:{{port_exit, _}, _} when Tries > -5 -> request(Call, successor(Server), Tries - 1);
        exit:_ -> {error, {crash, <<"Compiler port exited unexpectedly">>}}
    end.

%% The server that the supervisor puts in place of a stopped one.
successor(Old) ->
    successor(Old, erlang:monotonic_time(millisecond) + ?RESTART_MS).

successor(Old, Until) ->
    case {whereis(?MODULE), whereis(beamtalk_compiler_sup)} of
        {New, _} when is_pid(New), New =/= Old ->
            New;
        {_, undefined} ->
            undefined;
        _ ->
            case erlang:monotonic_time(millisecond) < Until of
                true ->
                    timer:sleep(2),
                    successor(Old, Until);
                false ->
                    undefined
            end
    end.

%% @doc What the compiler process said about itself; empty while there is none.
-spec info() -> map().
info() ->
    try
        gen_server:call(?MODULE, info)
    catch
        exit:_ -> #{}
    end.

%%% gen_server

-spec init([]) -> {ok, #state{}} | {ok, #state{}, {continue, open}}.
init([]) ->
    process_flag(trap_exit, true),
    _ = beamtalk_compiler_port:words(),
    case beamtalk_compiler_backend:backend() of
        nif -> {ok, #state{}};
        port -> {ok, #state{}, {continue, open}}
    end.

-spec handle_continue(open, #state{}) -> {noreply, #state{}}.
handle_continue(open, #state{phase = closed} = State) ->
    {noreply, open(State)};
handle_continue(open, State) ->
    {noreply, State}.

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}} | {noreply, #state{}}.
handle_call({request, Id, Command, Frame, Timeout}, From, State) ->
    Timer = erlang:start_timer(Timeout, self(), {request, Id}),
    Job = #job{id = Id, frame = Frame, command = Command, from = From, timer = Timer},
    {noreply, next(State#state{waiting = queue:in(Job, State#state.waiting)})};
handle_call(info, _From, State) ->
    {reply, State#state.info, State};
handle_call(_Unknown, _From, State) ->
    {reply, {error, unknown_request}, State}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_Unknown, State) ->
    {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}} | {stop, term(), #state{}}.
handle_info({Port, {data, Data}}, #state{port = Port} = State) ->
    {noreply, next(data(beamtalk_compiler_port:decode(Data), State))};
handle_info({Port, {exit_status, Status}}, #state{port = Port, phase = ready} = State) ->
    {stop, {port_exit_status, Status}, lose(State)};
handle_info({'EXIT', Port, Reason}, #state{port = Port, phase = ready} = State) ->
    {stop, {port_exit, Reason}, lose(State)};
handle_info({Port, {exit_status, Status}}, #state{port = Port} = State) ->
    {noreply, unavailable(State, ["it exited with status ", integer_to_binary(Status)])};
handle_info({'EXIT', Port, _Reason}, #state{port = Port} = State) ->
    {noreply, unavailable(State, "it closed its output")};
handle_info({timeout, Timer, handshake}, #state{phase = {handshake, Timer}} = State) ->
    {noreply, unavailable(State, "it did not answer")};
handle_info({timeout, Timer, {request, Id}}, State) ->
    {noreply, next(expired(Id, Timer, State))};
handle_info(_Unknown, State) ->
    {noreply, State}.

-spec terminate(term(), #state{}) -> ok.
terminate(_Reason, State) ->
    _ = close(State),
    ok.

%%% Opening

%% Starts the work that can be started.
next(#state{phase = ready, current = undefined, waiting = Waiting} = State) ->
    case queue:out(Waiting) of
        {{value, Job}, Rest} -> work(Job, State#state{waiting = Rest});
        {empty, _} -> State
    end;
next(#state{phase = closed, waiting = Waiting} = State) ->
    case queue:is_empty(Waiting) of
        true -> State;
        false -> open(State)
    end;
next(State) ->
    State.

open(State) ->
    case {beamtalk_compiler_port:find(), State#state.failure} of
        {{error, {compiler_not_found, Text}}, _} ->
            refuse_all(State#state{path = undefined}, unicode:characters_to_binary(Text));
        {{ok, Path}, {Path, At, Text}} ->
            case erlang:monotonic_time(millisecond) - At < ?RETRY_MS of
                true -> answer_all({error, {unavailable, Text}}, State);
                false -> open(Path, State)
            end;
        {{ok, Path}, _} ->
            open(Path, State)
    end.

open(Path, State) ->
    case beamtalk_compiler_port:open(Path) of
        {ok, Port} ->
            {ok, Frame} = beamtalk_compiler_port:encode(#{command => version, id => 0}),
            _ = beamtalk_compiler_port:send(Port, Frame),
            Timer = erlang:start_timer(?HANDSHAKE_MS, self(), handshake),
            State#state{phase = {handshake, Timer}, port = Port, path = Path, proven = false};
        {error, Reason} ->
            unavailable(State#state{path = Path}, io_lib:format("it cannot be started: ~tp", [Reason]))
    end.

unavailable(#state{path = Path} = State, Why) ->
    refuse_all(close(State), unicode:characters_to_binary(["Compiler executable ", Path, " is not usable: ", Why])).

refuse_all(State, Text) ->
    ?LOG_WARNING(#{what => compiler_unavailable, path => State#state.path, reason => Text}),
    Failure = {State#state.path, erlang:monotonic_time(millisecond), Text},
    answer_all({error, {unavailable, Text}}, State#state{failure = Failure}).

close(#state{phase = Phase, port = Port} = State) ->
    cancel_handshake(Phase),
    case Port of
        undefined -> ok;
        _ -> beamtalk_compiler_port:close(Port)
    end,
    State#state{phase = closed, port = undefined, info = #{}, proven = false}.

cancel_handshake({handshake, Timer}) -> erlang:cancel_timer(Timer);
cancel_handshake(_) -> ok.

%%% Requests

work(#job{command = Command, from = {Pid, _}} = Job, State) ->
    case {is_alive(Pid), knows(Command, State)} of
        {false, _} ->
            next(done(Job, State));
        {true, false} ->
            Text = unicode:characters_to_binary(io_lib:format("Unknown command: ~ts", [Command])),
            next(answer(Job, {error, {protocol, Text}}, State));
        {true, true} ->
            case beamtalk_compiler_port:send(State#state.port, Job#job.frame) of
                ok -> State#state{current = Job};
                %% The exit message is on its way and stops the server.
                {error, closed} -> State#state{current = Job}
            end
    end.

is_alive(Pid) when node(Pid) =:= node() -> is_process_alive(Pid);
is_alive(_Pid) -> true.

%% A newer executable is asked only for what both sides know; a request without a command is its business to refuse.
knows(undefined, _State) -> true;
knows(Command, #state{commands = Commands, info = #{protocol := ?PROTOCOL}}) -> lists:member(Command, Commands) orelse Command =:= test_panic;
knows(Command, #state{commands = Commands}) -> lists:member(Command, Commands).

data({ok, Reply}, #state{phase = {handshake, _}} = State) ->
    handshake(Reply, State);
data(error, #state{phase = {handshake, _}} = State) ->
    unavailable(State, "its first answer is not an answer");
data(_, #state{current = undefined} = State) ->
    State;
data({ok, #{id := Other}}, #state{current = #job{id = Id}} = State) when Other =/= Id ->
    State;
data({ok, Reply}, #state{current = Job} = State) ->
    answer(Job, {ok, Reply}, State#state{current = undefined, proven = true});
data(error, #state{current = Job} = State) ->
    %% Whoever sends one frame that is no answer may send more.
    close(answer(Job, {error, {protocol, <<"Unexpected compiler response">>}}, State#state{current = undefined})).

handshake(#{status := ok, version := Version} = Reply, #state{phase = Phase} = State) ->
    cancel_handshake(Phase),
    check_version(Version, State#state.path),
    Protocol = maps:get(protocol, Reply, 0),
    Commands =
        case Protocol of
            0 -> ?BASE_COMMANDS;
            _ -> maps:get(commands, Reply, ?BASE_COMMANDS)
        end,
    Info = maps:without([status, id], Reply#{protocol => Protocol, commands => Commands}),
    State#state{phase = ready, commands = Commands, info = Info, failure = undefined};
handshake(_Reply, State) ->
    unavailable(State, "it does not tell its version").

check_version(Version, Path) ->
    case beamtalk_compiler_backend:application_version() of
        Version ->
            ok;
        Own ->
            ?LOG_WARNING(#{what => compiler_version_differs, path => Path, version => Version, expected => Own})
    end.

expired(Id, Timer, #state{current = #job{id = Id, timer = Timer} = Job} = State) ->
    close(answer(Job, timeout(), State#state{current = undefined}));
expired(Id, _Timer, #state{waiting = Waiting} = State) ->
    {Late, Rest} = lists:partition(fun(#job{id = Other}) -> Other =:= Id end, queue:to_list(Waiting)),
    lists:foldl(
        fun(Job, Acc) -> answer(Job, timeout(), Acc) end, State#state{waiting = queue:from_list(Rest)}, Late
    ).

timeout() ->
    {error, {timeout, <<"Compiler port timed out">>}}.

%% The process is gone: its request is lost, the others go back to be asked again.
lose(#state{current = Current, waiting = Waiting, proven = Proven} = State) ->
    [gen_server:reply(From, {lost, sent, Proven}) || #job{from = From} <- [Current]],
    [gen_server:reply(From, {lost, waiting}) || #job{from = From} <- queue:to_list(Waiting)],
    State#state{phase = closed, port = undefined, current = undefined, waiting = queue:new()}.

answer_all(Answer, #state{waiting = Waiting} = State) ->
    lists:foldl(
        fun(Job, Acc) -> answer(Job, Answer, Acc) end, State#state{waiting = queue:new()}, queue:to_list(Waiting)
    ).

answer(#job{from = From} = Job, Answer, State) ->
    gen_server:reply(From, Answer),
    done(Job, State).

done(#job{timer = Timer}, State) ->
    _ = erlang:cancel_timer(Timer),
    State.
