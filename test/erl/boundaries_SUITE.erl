%%% @doc Who may call whom: the table of `docs/ARCHITECTURE.md' as data, checked on the compiled modules with xref.
-module(boundaries_SUITE).

-export([all/0, rooms_call_only_downwards/1, compiler_and_runtime_never_meet/1, ops_modules_hold_no_processes/1]).

-include_lib("stdlib/include/assert.hrl").

all() ->
    [rooms_call_only_downwards, compiler_and_runtime_never_meet, ops_modules_hold_no_processes].

%% Room → the rooms it may call besides itself.
table() ->
    #{
        core => [],
        bridge => [],
        compiler => [core, bridge],
        stdlib => [core],
        runtime => [core, stdlib],
        site => [core, bridge, compiler],
        evaluator => [core, bridge, runtime],
        workspace => [core, bridge, compiler, stdlib, runtime, site, evaluator],
        top => [core, bridge, compiler, stdlib, runtime, site, evaluator, workspace]
    }.

rooms_call_only_downwards(_) ->
    Rooms = rooms(),
    ?assert(map_size(Rooms) > 60, "the modules were found"),
    Wrong = [
        {From, Room, To, maps:get(To, Rooms)}
     || {From, To} <- edges(),
        {ok, Room} <- [maps:find(From, Rooms)],
        is_map_key(To, Rooms),
        maps:get(To, Rooms) =/= Room,
        not lists:member(maps:get(To, Rooms), maps:get(Room, table()))
    ],
    ?assertEqual([], Wrong).

compiler_and_runtime_never_meet(_) ->
    Rooms = rooms(),
    Meetings = [
        Edge
     || {From, To} = Edge <- edges(),
        lists:sort([maps:get(From, Rooms, other), maps:get(To, Rooms, other)]) =:= [compiler, runtime]
    ],
    ?assertEqual([], Meetings).

%% `_ops' modules of the room stdlib wrap functions: no gen_server, no message of their own.
ops_modules_hold_no_processes(_) ->
    Ops = [M || {M, stdlib} <- maps:to_list(rooms())],
    ?assert(length(Ops) > 15),
    Calls = [
        {M, Target}
     || {M, Target} <- edges(),
        lists:member(M, Ops),
        lists:member(Target, [gen_server, gen_statem, supervisor, proc_lib])
    ],
    ?assertEqual([], Calls).

%% Module → room, by the folder of its source.
rooms() ->
    maps:from_list([{M, room(Source)} || {M, Source} <- sources()]).

sources() ->
    Beams = filelib:wildcard(filename:join(ebin(), "beamtalk*.beam")),
    [{Module, source(Beam)} || Beam <- Beams, Module <- [list_to_atom(filename:basename(Beam, ".beam"))], source(Beam) =/= none].

source(Beam) ->
    {ok, {_, [{compile_info, Info}]}} = beam_lib:chunks(Beam, [compile_info]),
    case string:find(proplists:get_value(source, Info, ""), "src_erl/") of
        nomatch -> none;
        "src_erl/" ++ Rest -> Rest
    end.

room(Source) ->
    case filename:split(Source) of
        [_File] -> top;
        [Room | _] -> list_to_existing_atom(Room)
    end.

ebin() ->
    filename:dirname(code:which(beamtalk_compiler)).

edges() ->
    {ok, Server} = xref:start([{xref_mode, functions}]),
    try
        xref:set_default(Server, [{warnings, false}, {verbose, false}]),
        {ok, _} = xref:add_directory(Server, ebin()),
        {ok, Edges} = xref:q(Server, "ME"),
        [{From, To} || {From, To} <- Edges, From =/= To]
    after
        xref:stop(Server)
    end.
