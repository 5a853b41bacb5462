%%% @doc Supervisor of the evaluator. Owns the tables of sessions, of who works with them and of what is kept for them.
%%%
%%% A child of the workspace, whose sessions use the evaluator, or of `beamtalk_sup' where no workspace is wanted: who comes second lets the first one have it.
-module(beamtalk_evaluator_sup).

-behaviour(supervisor).

-export([start_link/0]).
-export([init/1]).

-spec start_link() -> supervisor:startlink_ret().
start_link() ->
    case supervisor:start_link({local, ?MODULE}, ?MODULE, []) of
        {error, {already_started, _}} -> ignore;
        Started -> Started
    end.

-spec init([]) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init([]) ->
    ok = beamtalk_evaluator_owner:create(),
    ok = beamtalk_evaluator_link:create(),
    ok = beamtalk_evaluator_claim:create(),
    Owner = #{id => beamtalk_evaluator_owner, start => {beamtalk_evaluator_owner, start_link, []}},
    {ok, {#{strategy => one_for_one, intensity => 5, period => 10}, [Owner]}}.
