%%% @doc One-shot evaluations in the calling process, by the node's engine.
%%%
%%% With the evaluator a process keeps one machine in its dictionary: the next call finds what the machine has linked, and needs no module and no process. Whatever
%%% the program does (its `self', its messages) it does as the caller, as a module on the BEAM would; like that it has no limit of memory of its own. The machine
%%% goes with the process.
-module(beamtalk_caller_eval).

-export([evaluate/2, value/1]).

-define(NO_LIMIT, (1 bsl 47)).

%% @doc Evaluates with variables and answers those that are there afterwards.
-spec evaluate(binary(), map()) -> beamtalk_repl_eval:outcome().
evaluate(Source, Bindings) ->
    evaluate(Source, Bindings, #{}).

%% @doc Evaluates without variables, and forgets those that the input assigns.
-spec value(binary()) -> beamtalk_repl_eval:outcome().
value(Source) ->
    evaluate(Source, #{}, #{forget => true}).

evaluate(Source, Bindings, Options) ->
    case beamtalk_engine:choice(#{}) of
        beam -> on_beam(Source, Bindings);
        evaluator -> with_machine(machine(), Source, Bindings, Options)
    end.

on_beam(Source, Bindings) ->
    Module = beamtalk_eval_modules:acquire(),
    try
        beamtalk_repl_eval:evaluate(Source, Module, Bindings, #{})
    after
        beamtalk_eval_modules:release(Module)
    end.

%% While it works the machine is not in the dictionary: a program that evaluates in its turn gets another one.
machine() ->
    case erase(?MODULE) of
        undefined -> beamtalk_machine_eval:open(?NO_LIMIT);
        Machine -> {ok, Machine}
    end.

with_machine({error, unavailable}, Source, Bindings, _) ->
    on_beam(Source, Bindings);
with_machine({ok, Machine}, Source, Bindings, Options) ->
    try beamtalk_repl_eval:evaluate(Source, none, Bindings, Options#{machine => {Machine, #{}}, at_rest => true}) of
        #{known := lost} = Outcome ->
            ok = beamtalk_machine_eval:close(Machine),
            Outcome;
        Outcome ->
            ok = keep(Machine, Outcome),
            Outcome
    catch
        Class:Reason:Stack ->
            ok = beamtalk_machine_eval:close(Machine),
            erlang:raise(Class, Reason, Stack)
    end.

%% Values are not kept for a call that may never come, and frames neither.
keep(Machine, #{result := {ok, _}, known := Known}) when Known =:= #{} -> kept(ok, Machine);
keep(Machine, _) ->
    _ = beamtalk_machine_eval:reset(Machine),
    kept(beamtalk_machine_eval:clear(Machine), Machine).

kept(Cleared, Machine) ->
    case Cleared of
        lost ->
            beamtalk_machine_eval:close(Machine);
        ok ->
            case put(?MODULE, Machine) of
                undefined -> ok;
                %% Of an evaluation within this one.
                Inner -> beamtalk_machine_eval:close(Inner)
            end
    end.
