%%% @doc Supervisor of the evaluator; the child of `beamtalk_sup'. Owns the tables of sessions and of what is kept for them.
-module(beamtalk_evaluator_sup).

-behaviour(supervisor).

-export([start_link/0]).
-export([init/1]).

-spec start_link() -> supervisor:startlink_ret().
start_link() ->
    supervisor:start_link({local, ?MODULE}, ?MODULE, []).

-spec init([]) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init([]) ->
    ok = beamtalk_evaluator_owner:create(),
    ok = beamtalk_evaluator_link:create(),
    Owner = #{id => beamtalk_evaluator_owner, start => {beamtalk_evaluator_owner, start_link, []}},
    {ok, {#{strategy => one_for_one, intensity => 5, period => 10}, [Owner]}}.
