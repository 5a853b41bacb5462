%%% @doc Supervisor of the sessions. Temporary: a session that crashed has lost its variables, a new one would only pretend.
-module(beamtalk_session_sup).
-behaviour(supervisor).

-export([start_link/0, start_session/1]).
-export([init/1]).

-spec start_link() -> supervisor:startlink_ret().
start_link() ->
    supervisor:start_link({local, ?MODULE}, ?MODULE, []).

-spec start_session(beamtalk_session:options()) -> {ok, pid()} | {error, term()}.
start_session(Options) ->
    supervisor:start_child(?MODULE, [Options]).

-spec init([]) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init([]) ->
    Session = #{id => beamtalk_session, start => {beamtalk_session, start_link, []}, restart => temporary},
    {ok, {#{strategy => simple_one_for_one, intensity => 5, period => 10}, [Session]}}.
