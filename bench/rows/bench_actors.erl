%%% @doc R10 to R14: messages to actors and their fields, against a gen_server that does the same.
-module(bench_actors).
-behaviour(bench).

-export([rows/0]).

-define(ACTORS, 10000).
-define(MESSAGES, 1000).
-define(ADVANCE, 10000).

-spec rows() -> [{string(), fun(() -> [bench:line()])}].
rows() ->
    [{"R10", fun ask/0}, {"R11", fun later/0}, {"R12", fun tell/0}, {"R13", fun spawning/0}, {"R14", fun fields/0}].

ask() ->
    messages("send and await at once / gen_server:call", 1.2, 'ask:times:', fun bench_peer:ask/2).

%% `send_request' answers a handle for one process and one use; the second peer makes one that any process may await again.
later() ->
    [
        messages("send, await later / send_request", 2.0, 'later:times:', fun bench_peer:later/2),
        messages("send, await later / process that keeps the answer", 1.0, 'later:times:', fun bench_peer:shared/2)
    ].

tell() ->
    Repeat = fun(Fun) -> fun(N) -> batches(Fun, N) end end,
    Object = bench_peer_object:start(),
    ByHand = fun(_, N) -> bench_peer:tell_object(Object, N) end,
    [
        messages("fire and forget / gen_server:cast", 1.2, 'tell:times:', fun bench_peer:tell/2, Repeat),
        messages("fire and forget / an object with a process by hand", 1.2, 'tell:times:', ByHand, Repeat)
    ].

%% So many messages, then one that is awaited, so that the mailbox stays of one size.
batches(_, 0) -> ok;
batches(Fun, N) ->
    _ = Fun(?MESSAGES),
    batches(Fun, N - 1).

messages(What, Limit, Selector, Peer) ->
    messages(What, Limit, Selector, Peer, fun(Fun) -> Fun end).

messages(What, Limit, Selector, Peer, Repeat) ->
    [
        begin
            Actor = spawn_actor(Flavour),
            Server = bench_peer_server:start(),
            Client = bench_program:load("BenchClient", Flavour),
            Me = bench_program:object("BenchClient", Flavour, #{}),
            Turns = bench_measure:compare(
                Repeat(fun(N) -> Client:Selector(Me, Actor, N) end), [Repeat(fun(N) -> Peer(Server, N) end)]
            ),
            _ = [exit(P, kill) || P <- [element(4, Actor), Server]],
            bench_measure:versus([What, Suffix], bench_program:target(Flavour, Limit), list_to_tuple(Turns))
        end
     || {Flavour, Suffix} <- bench_program:flavours()
    ].

spawn_actor(Flavour) ->
    Module = bench_program:load("BenchActor", Flavour),
    Module:spawn().

spawning() ->
    [
        begin
            Module = bench_program:load("BenchActor", Flavour),
            Class = beamtalk_class_registry:class_ref(beamtalk_class_registry:class_of_module(Module)),
            Spawn = fun() -> element(4, Module:spawn(Class, [])) end,
            Peer = fun() -> bench_peer_server:start() end,
            Turns = bench_measure:compare(spawns(Spawn), [spawns(Peer)]),
            Memory = [memory(Spawn)],
            PeerMemory = [memory(Peer)],
            [
                bench_measure:versus(["spawn / gen_server:start", Suffix], bench_program:target(Flavour, 1.3), list_to_tuple(Turns)),
                #{
                    what => ["memory of an idle actor with its table rows / gen_server", Suffix],
                    values => bench_measure:ratio_of_medians({Memory, PeerMemory}),
                    unit => x,
                    target => bench_program:target(Flavour, 1.3),
                    note => io_lib:format("~b / ~b bytes", [round(hd(Memory)), round(hd(PeerMemory))])
                }
            ]
        end
     || {Flavour, Suffix} <- bench_program:flavours()
    ].

%% Only the starting counts, not the end.
spawns(Start) ->
    {timed, ?ACTORS, fun(N) ->
        {Pids, Time} = started(Start, N),
        ok = ended(Pids),
        Time
    end}.

started(Start, N) ->
    Begin = erlang:monotonic_time(nanosecond),
    Pids = [Start() || _ <- lists:seq(1, N)],
    {Pids, (erlang:monotonic_time(nanosecond) - Begin) / 1000}.

ended(Pids) ->
    Monitors = [monitor(process, Pid) || Pid <- Pids],
    _ = [exit(Pid, kill) || Pid <- Pids],
    _ = [
        receive
            {'DOWN', Monitor, process, _, _} -> ok
        end
     || Monitor <- Monitors
    ],
    %% Rows of killed actors are dropped by the next reader.
    _ = beamtalk_object_instances:all(),
    ok.

memory(Start) ->
    Tables = erlang:memory(ets),
    {Pids, _} = started(Start, ?ACTORS),
    Rows = erlang:memory(ets) - Tables,
    Words = lists:sum([element(2, process_info(Pid, memory)) || Pid <- Pids]),
    ok = ended(Pids),
    (Words + Rows) / ?ACTORS.

%% Time per read and write, inside one message.
fields() ->
    [
        begin
            Actor = spawn_actor(Flavour),
            Server = bench_peer_server:start(),
            Ours = bench_measure:times(fun() -> beamtalk_message_dispatch:ask1(Actor, 'advance:', ?ADVANCE) end),
            Peer = bench_measure:times(fun() -> gen_server:call(Server, {advance, ?ADVANCE}) end),
            Turns = bench_measure:compare(Ours, [Peer]),
            _ = [exit(P, kill) || P <- [element(4, Actor), Server]],
            bench_measure:versus(["10,000 field reads and writes / map in a gen_server", Suffix], bench_program:target(Flavour, 1.3), list_to_tuple(Turns))
        end
     || {Flavour, Suffix} <- bench_program:flavours()
    ].
