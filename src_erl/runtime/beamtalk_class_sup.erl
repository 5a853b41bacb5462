%%% @doc Supervisor of the class processes. One for one: a class's lock is nobody else's business. The intensity is high
%%% because the number of children is that of all classes.
-module(beamtalk_class_sup).
-behaviour(supervisor).

-export([start_link/0, start_class/1, init/1]).

-spec start_link() -> {ok, pid()} | ignore | {error, term()}.
start_link() ->
    supervisor:start_link({local, ?MODULE}, ?MODULE, []).

-spec start_class(atom()) -> supervisor:startchild_ret().
start_class(Class) ->
    supervisor:start_child(?MODULE, [Class]).

-spec init([]) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init([]) ->
    Class = #{id => class, start => {beamtalk_object_class, start_link, []}, restart => transient},
    {ok, {#{strategy => simple_one_for_one, intensity => 1000, period => 10}, [Class]}}.
