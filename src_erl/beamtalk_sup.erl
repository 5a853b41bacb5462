%%% @doc Supervisor of what belongs to `beamtalk' itself; the parts have supervisors of their own.
-module(beamtalk_sup).

-behaviour(supervisor).

-export([start_link/1]).
-export([init/1]).

-spec start_link([atom()]) -> supervisor:startlink_ret().
start_link(Wanted) ->
    supervisor:start_link({local, ?MODULE}, ?MODULE, Wanted).

-spec init([atom()]) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init(Wanted) ->
    Evaluator = #{id => beamtalk_evaluator_sup, start => {beamtalk_evaluator_sup, start_link, []}, type => supervisor},
    {ok, {#{strategy => one_for_one, intensity => 1, period => 5}, [Evaluator || lists:member(evaluator, Wanted)]}}.
