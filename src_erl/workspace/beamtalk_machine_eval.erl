%%% @doc Runs one workspace input in the evaluator's machine; the counterpart of a module on the BEAM in `beamtalk_repl_eval'.
%%%
%%% The session's variables are the node's terms; the machine has them as values of its own and is told of those that have changed. Runs in the worker process of
%%% a session, which may be killed at any time.
-module(beamtalk_machine_eval).

-export([open/0, open/1, close/1, clear/1, reset/1, synchronise/3, run/3]).

-export_type([machine/0]).

-type machine() :: beamtalk_evaluator_driver:session().

%% A slice that outlived its killed process ends well within so many milliseconds.
-define(BUSY_MS, 2000).

%% @doc A machine with the limit that the node has for evaluations.
-spec open() -> {ok, machine()} | {error, unavailable}.
open() ->
    open(beamtalk_heap_limit:bytes()).

-spec open(MaxMemory :: pos_integer()) -> {ok, machine()} | {error, unavailable}.
open(MaxMemory) ->
    case beamtalk_evaluator_link:open(MaxMemory) of
        {ok, Link} -> {ok, #{link => Link, id => make_ref(), effects => all, max_memory => MaxMemory, flags => atomics:new(2, [])}};
        {error, unavailable} = Error -> Error
    end.

-spec close(machine()) -> ok.
close(#{link := Link}) ->
    beamtalk_evaluator_link:close(Link).

%% @doc Forgets the variables.
-spec clear(machine()) -> ok | lost.
clear(Machine) ->
    case request(Machine, {clear}) of
        lost -> lost;
        _ -> ok
    end.

%% @doc Forgets what was running.
-spec reset(machine()) -> ok | lost.
reset(Machine) ->
    case request(Machine, {reset}) of
        lost -> lost;
        _ -> ok
    end.

%% @doc Tells the machine the variables that differ from those it has.
-spec synchronise(machine(), Known :: map(), Wanted :: map()) -> ok | lost.
synchronise(_, Same, Same) ->
    ok;
synchronise(Machine, Known, Wanted) ->
    case maps:keys(maps:without(maps:keys(Wanted), Known)) of
        [] ->
            Changed = [{Name, Value} || {Name, Value} <- maps:to_list(Wanted), not is_map_key(Name, Known) orelse map_get(Name, Known) =/= Value],
            bind(Machine, Changed);
        _ ->
            case clear(Machine) of
                lost -> lost;
                ok -> bind(Machine, maps:to_list(Wanted))
            end
    end.

bind(_, []) ->
    ok;
bind(Machine, [{Name, Value} | Rest]) ->
    case request(Machine, {bind, atom_to_binary(Name), Value}) of
        lost -> lost;
        _ -> bind(Machine, Rest)
    end.

request(Machine, Request) ->
    request(Machine, Request, ?BUSY_MS).

request(#{link := Link} = Machine, Request, Patience) ->
    case beamtalk_evaluator_link:request(Link, Request) of
        busy when Patience > 0 ->
            timer:sleep(1),
            request(Machine, Request, Patience - 1);
        busy ->
            lost;
        Reply ->
            Reply
    end.

%% @doc Runs an input. `definition': it is none for the machine; a class or a method becomes a module.
-spec run(machine(), binary(), map()) ->
    {value, term(), Assigned :: #{binary() => term()}, Warnings :: [binary()]}
    | {raised, error | exit | throw, term(), Trace :: list(), [binary()]}
    | {rejected, [map()]}
    | definition
    | {limit, atom()}
    | lost.
run(Machine, Source, Options) ->
    Budget = {infinity, infinity},
    %% What a killed process left behind.
    case maps:get(at_rest, Options, false) orelse reset(Machine) of
        lost ->
            lost;
        _ ->
            First = beamtalk_evaluator_driver:first(Machine, {Source, maps:remove(at_rest, Options)}, Budget),
            Outcome = outcome(beamtalk_evaluator_driver:go_on(Machine, First, Budget)),
            ok = beamtalk_evaluator_driver:forget(),
            Outcome
    end.

outcome({done, Value, Assigned, _}) ->
    {value, Value, Assigned, beamtalk_evaluator_driver:warnings()};
outcome({raised, Class, Reason, Trace, _}) ->
    {raised, Class, Reason, Trace, beamtalk_evaluator_driver:warnings()};
outcome({passed, _, _, _}) ->
    lost;
outcome({rejected, Diagnostics, _}) ->
    {rejected, Diagnostics};
outcome({definition, _}) ->
    definition;
outcome({limit, What, _}) ->
    {limit, What};
outcome(_) ->
    lost.
