%%% @doc Supervisor of the compiler: one server that owns the compiler process.
%%%
%%% `one_for_one', 5 restarts in 60 s: an executable that dies that often will not get better; then compile calls answer
%%% `backend/unavailable' and the rest of the node goes on.
-module(beamtalk_compiler_sup).

-behaviour(supervisor).

-export([start_link/0]).
-export([init/1]).

-spec start_link() -> supervisor:startlink_ret().
start_link() ->
    supervisor:start_link({local, ?MODULE}, ?MODULE, []).

-spec init([]) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init([]) ->
    Server = #{
        id => beamtalk_compiler_server,
        start => {beamtalk_compiler_server, start_link, []},
        restart => permanent,
        shutdown => 5000,
        type => worker
    },
    {ok, {#{strategy => one_for_one, intensity => 5, period => 60}, [Server]}}.
