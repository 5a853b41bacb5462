%% When a program has come to its end.
-module(beamtalk_program_tests).
-behaviour(supervisor).

-include_lib("eunit/include/eunit.hrl").

-export([init/1]).

init(_) ->
    Child = #{id => quiet, start => {beamtalk_actor, start_link, ['QuietProgramActor', #{}]}, restart => permanent},
    {ok, {#{strategy => one_for_one}, [Child]}}.

program_test_() ->
    {setup, fun setup/0, fun(_) -> ok end, [
        {"idle actors end a program", fun idle/0},
        {"actors of a supervisor keep it going, also while one is started again", {timeout, 20, fun supervised/0}}
    ]}.

setup() ->
    {ok, _} = application:ensure_all_started(beamtalk_workspace),
    {ok, _} = beamtalk:load_source(<<"Actor subclass: QuietProgramActor\n  one => 1\n">>).

idle() ->
    _ = beamtalk:spawn('QuietProgramActor'),
    ?assertEqual(ok, beamtalk_program:wait_ended()).

supervised() ->
    {ok, Supervisor} = supervisor:start_link(?MODULE, []),
    true = unlink(Supervisor),
    {Waiting, Monitor} = spawn_monitor(fun() -> beamtalk_program:wait_ended() end),
    still(Monitor),
    [{quiet, First, _, _}] = supervisor:which_children(Supervisor),
    exit(First, kill),
    still(Monitor),
    ?assert(is_process_alive(Waiting)),
    exit(Supervisor, shutdown),
    receive
        {'DOWN', Monitor, process, _, Reason} -> ?assertEqual(normal, Reason)
    end.

%% Longer than the pauses between two looks.
still(Monitor) ->
    receive
        {'DOWN', Monitor, process, _, Reason} -> error({ended, Reason})
    after 400 -> ok
    end.
