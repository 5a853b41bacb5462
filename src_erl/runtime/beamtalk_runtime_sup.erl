%%% @doc Top of the runtime. Owns the tables, so whatever crashes below, no class and no class variable is lost.
%%% One for one: the children know nothing of each other.
-module(beamtalk_runtime_sup).
-behaviour(supervisor).

-export([start_link/0, init/1]).

-spec start_link() -> {ok, pid()} | ignore | {error, term()}.
start_link() ->
    supervisor:start_link({local, ?MODULE}, ?MODULE, []).

-spec init([]) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init([]) ->
    %% What a runtime before this one has left in `persistent_term' has lost its tables.
    ok = beamtalk_class_registry:forget_all(),
    ok = beamtalk_tables:create(),
    Classes = #{id => beamtalk_class_sup, start => {beamtalk_class_sup, start_link, []}, type => supervisor},
    Outcomes = #{id => beamtalk_outcomes, start => {beamtalk_outcomes, start_link, []}},
    {ok, {#{strategy => one_for_one, intensity => 5, period => 10}, [Classes, Outcomes]}}.
