%%% @doc Top of the workspace. One for one: a lost session or a lost Transcript takes nothing else with it.
%%%
%%% Order of the children: what evaluations need (module names, the evaluator's tables), the shared objects, the sessions.
-module(beamtalk_workspace_sup).
-behaviour(supervisor).

-export([start_link/0, init/1]).

-spec start_link() -> supervisor:startlink_ret().
start_link() ->
    supervisor:start_link({local, ?MODULE}, ?MODULE, []).

-spec init([]) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init([]) ->
    ok = beamtalk_class_index:create(),
    Objects = [
        #{id => beamtalk_workspace_objects, start => {beamtalk_workspace_objects, start_link, []}}
     || application:get_env(beamtalk_workspace, shared_objects, true)
    ],
    Children =
        [
            #{id => beamtalk_eval_modules, start => {beamtalk_eval_modules, start_link, []}},
            #{id => beamtalk_evaluator_sup, start => {beamtalk_evaluator_sup, start_link, []}, type => supervisor}
        ] ++
            Objects ++
            [#{id => beamtalk_session_sup, start => {beamtalk_session_sup, start_link, []}, type => supervisor}],
    {ok, {#{strategy => one_for_one, intensity => 5, period => 10}, Children}}.
