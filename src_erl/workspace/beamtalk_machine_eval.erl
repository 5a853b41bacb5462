%%% @doc Runs one workspace input in the evaluator's machine; the counterpart of a module on the BEAM in `beamtalk_repl_eval'.
%%%
%%% The session's variables are the node's terms; the machine has them as values of its own and is told of those that have changed. Runs in the worker process of
%%% a session, which may be killed at any time.
-module(beamtalk_machine_eval).

-export([open/0, close/1, synchronise/3, run/3]).

-export_type([machine/0]).

-type machine() :: beamtalk_evaluator_driver:session().

-define(MAX_MEMORY, 256 * 1024 * 1024).
%% A slice that outlived its killed process ends well within so many milliseconds.
-define(BUSY_MS, 2000).

-spec open() -> {ok, machine()} | {error, unavailable}.
open() ->
    case beamtalk_evaluator_link:open(?MAX_MEMORY) of
        {ok, Link} -> {ok, #{link => Link, id => make_ref(), effects => all, max_memory => ?MAX_MEMORY, flags => atomics:new(2, [])}};
        {error, unavailable} = Error -> Error
    end.

-spec close(machine()) -> ok.
close(#{link := Link}) ->
    beamtalk_evaluator_link:close(Link).

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
            case request(Machine, {clear}) of
                lost -> lost;
                _ -> bind(Machine, maps:to_list(Wanted))
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
    {value, term(), Assigned :: #{atom() => term()}, Warnings :: [binary()]}
    | {raised, error | exit | throw, term(), Trace :: list(), [binary()]}
    | {rejected, [map()]}
    | definition
    | {limit, atom()}
    | lost.
run(Machine, Source, Options) ->
    Budget = {infinity, infinity},
    %% What a killed process left behind.
    case request(Machine, {reset}) of
        lost -> lost;
        _ -> outcome(beamtalk_evaluator_driver:go_on(Machine, beamtalk_evaluator_driver:first(Machine, {Source, Options}, Budget), Budget))
    end.

outcome({done, Value, Assigned, _}) ->
    Named = maps:from_list([{binary_to_atom(Name), Bound} || {Name, Bound} <- maps:to_list(Assigned)]),
    {value, Value, Named, beamtalk_evaluator_driver:warnings()};
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
