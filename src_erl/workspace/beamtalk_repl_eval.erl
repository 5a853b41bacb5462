%%% @doc Evaluates one workspace input: compiles it, loads it, runs it.
%%%
%%% Runs in the worker process of a session (or in the caller's, for one-shot evaluations); knows nothing of processes itself. Answers
%%% data: the value, the new variables, the warnings. What was raised is data as well.
-module(beamtalk_repl_eval).

-include("beamtalk.hrl").

-export([evaluate/4]).

-export_type([options/0, outcome/0, value/0]).

-type options() :: #{
    %% Expression tests: only what the parser and the code generator find stops an input.
    skip_checks => boolean(),
    %% May the input name `Transcript', `Beamtalk' and `Workspace'?
    workspace_mode => boolean(),
    %% Shown in stack traces.
    path => binary(),
    await => timeout(),
    %% The variables are forgotten: the outcome has those that were there before.
    forget => boolean(),
    %% Nothing runs in the machine, and nothing that was killed has left anything there.
    at_rest => boolean(),
    %% The evaluator's machine that runs expressions, and the variables as it knows them. Without it modules on the BEAM do.
    machine => {beamtalk_machine_eval:machine(), Known :: map()},
    core_options => beamtalk_core_compiler:options()
}.
-type value() ::
    {value, term()}
    | {class, binary(), beamtalk_source_loader:loaded()}
    | {method, binary(), beamtalk_source_loader:loaded()}.
-type outcome() :: #{
    result := {ok, value()} | {error, beamtalk_failure:failure()},
    bindings := map(),
    warnings := [binary()],
    %% The variables as the machine knows them; `lost': there is no machine any more.
    known => map() | lost
}.

-define(AWAIT_MS, 30000).
%% What an evaluation answers and binds is copied to its session, and shared parts with it: a list of 33 million elements.
-define(MAX_PARTS, (1 bsl 26)).

%% @doc `Module' is the name an expression is compiled under; `none': one is taken where it is needed.
-spec evaluate(binary(), module() | none, map(), options()) -> outcome().
evaluate(Source, Module, Bindings, Options) ->
    case trimmed(Source) of
        <<>> -> failed(beamtalk_failure:simple("Empty expression"), Bindings, []);
        Text -> evaluated(Text, Module, Bindings, Options)
    end.

evaluated(Text, Module, Bindings, #{machine := {Machine, Known}} = Options) ->
    Wanted = maps:filter(fun(Name, _) -> lists:member(atom_to_binary(Name), beamtalk_repl_state:known_names(Bindings)) end, Bindings),
    Asked = maps:merge(#{path => <<"<repl>">>}, maps:with([skip_checks, workspace_mode, path, at_rest], Options)),
    case beamtalk_machine_eval:synchronise(Machine, Known, Wanted) of
        lost -> machine_lost(Bindings);
        ok -> in_machine(beamtalk_machine_eval:run(Machine, Text, Asked), Text, Module, Bindings, Wanted, Options)
    end;
evaluated(Text, Module, Bindings, Options) ->
    on_beam(Text, Module, Bindings, Options).

on_beam(Text, none, Bindings, Options) ->
    Module = beamtalk_eval_modules:acquire(),
    try
        on_beam(Text, Module, Bindings, Options)
    after
        beamtalk_eval_modules:release(Module)
    end;
on_beam(Text, Module, Bindings, Options) ->
    compiled(compile(Text, Module, Bindings, Options), Text, Module, Bindings, Options).

%% What came of an input in the machine. The variables it knows now go with the outcome.
in_machine({value, Value, Named, Warnings}, _, _, Bindings, Wanted, Options) ->
    {Known, New} = assigned(Named, Bindings, Wanted, Options),
    try awaited(Value, maps:get(await, Options, ?AWAIT_MS)) of
        Result -> #{result => {ok, {value, Result}}, bindings => settled(Value, Result, New), warnings => Warnings, known => Known}
    catch
        Class:Reason:Stack -> (failed(beamtalk_failure:raised(Class, Reason, of_input(Stack)), Bindings, Warnings))#{known => Known}
    end;
in_machine({raised, Class, Reason, Trace, Warnings}, _, _, Bindings, Wanted, _) ->
    (failed(beamtalk_failure:raised(Class, Reason, Trace), Bindings, Warnings))#{known => Wanted};
in_machine({rejected, Found}, _, _, Bindings, Wanted, _) ->
    (rejected(Found, Bindings))#{known => Wanted};
in_machine(definition, Text, Module, Bindings, Wanted, Options) ->
    (on_beam(Text, Module, Bindings, Options))#{known => Wanted};
in_machine({limit, _}, _, _, Bindings, Wanted, _) ->
    (failed(beamtalk_failure:simple(["Evaluation killed: ", beamtalk_heap_limit:explained()]), Bindings, []))#{known => Wanted};
in_machine(lost, _, _, Bindings, _, _) ->
    machine_lost(Bindings).

%% Variables that nobody wants to see become no atoms.
assigned(Named, Bindings, Wanted, #{forget := true}) ->
    {maps:merge(Wanted, Named), Bindings};
assigned(Named, Bindings, Wanted, _) ->
    Assigned = maps:from_list([{binary_to_atom(Name), Bound} || {Name, Bound} <- maps:to_list(Named)]),
    {maps:merge(Wanted, Assigned), maps:merge(Bindings, Assigned)}.

%% The session makes a new machine.
machine_lost(Bindings) ->
    (failed(beamtalk_failure:simple("The evaluator was lost; its session begins anew"), Bindings, []))#{known => lost}.

rejected(Found, Bindings) ->
    failed({compile, Found}, Bindings, [Message || #{severity := S, message := Message} <- Found, S =/= <<"error">>]).

%% What is no UTF-8 goes to the compiler as it is, which says where.
trimmed(Source) ->
    case unicode:characters_to_binary(Source) of
        Source -> string:trim(Source);
        _ -> Source
    end.

compile(Text, Module, Bindings, Options) ->
    Asked = maps:merge(#{path => <<"<repl>">>}, maps:with([skip_checks, workspace_mode, path, core_options], Options)),
    beamtalk_compiler:compile_expression(
        Text,
        atom_to_binary(Module),
        beamtalk_repl_state:known_names(Bindings),
        Asked#{known_classes => beamtalk_class_index:known(), emit => [core, beam]}
    ).

compiled({error, #{diagnostics := Found}}, _, _, Bindings, _) ->
    rejected(Found, Bindings);
compiled({ok, #{kind := expression, beam := Beam, warnings := Warnings}}, _, Module, Bindings, Options) ->
    File = unicode:characters_to_list(maps:get(path, Options, <<"<repl>">>)),
    {module, Module} = code:load_binary(Module, File, Beam),
    ok = beamtalk_eval_modules:loaded(Module, Beam),
    run(Module, Bindings, Warnings, maps:get(await, Options, ?AWAIT_MS));
compiled({ok, #{kind := class_definition} = Compiled}, _, _, Bindings, Options) ->
    Path = maps:get(path, Options, <<"<repl>">>),
    [#{name := Name} | _] = maps:get(classes, Compiled),
    defined(class, Name, beamtalk_source_loader:load_compiled(Compiled, Path, #{}), Bindings);
compiled({ok, #{kind := method_definition, class_name := Class} = Compiled}, Text, _, Bindings, _) ->
    Side =
        case Compiled of
            #{is_class_method := true} -> <<" class">>;
            _ -> <<>>
        end,
    Name = <<Class/binary, Side/binary, ">>", (maps:get(selector, Compiled))/binary>>,
    defined(method, Name, beamtalk_source_loader:patch(Class, Text), Bindings).

defined(What, Name, {ok, #{warnings := Warnings} = Loaded}, Bindings) ->
    #{result => {ok, {What, Name, Loaded}}, bindings => Bindings, warnings => Warnings};
defined(_, _, {error, Failure}, Bindings) ->
    failed(Failure, Bindings, []).

run(Module, Bindings, Warnings, Await) ->
    try
        {Value, New} = Module:eval(Bindings),
        Result = awaited(Value, Await),
        {Result, settled(Value, Result, New)}
    of
        {Result, Changed} ->
            case beamtalk_term_size:at_most([Result, Changed], ?MAX_PARTS) of
                true -> #{result => {ok, {value, Result}}, bindings => Changed, warnings => Warnings};
                false -> failed(too_large(), Bindings, Warnings)
            end
    catch
        Class:Reason:Stack ->
            case beamtalk_term_size:at_most([Reason, Stack], ?MAX_PARTS) of
                true -> failed(beamtalk_failure:raised(Class, Reason, of_input(Stack)), Bindings, Warnings);
                %% What failed holds a value that cannot be copied: its arguments, mostly.
                false -> failed(too_large(), Bindings, Warnings)
            end
    end.

%% The workspace's own functions below an input are nobody's business.
of_input(Stack) ->
    lists:takewhile(
        fun
            ({?MODULE, _, _, _}) -> false;
            (_) -> true
        end,
        Stack
    ).

%% A future that takes too long is shown as it is; its failure is a failure of the input.
awaited({beamtalk_future, Key} = Future, Limit) when ?IS_FUTURE_KEY(Key) ->
    try
        beamtalk_future:await(Future, Limit)
    catch
        error:#{error := Error} = Exception:Stack ->
            case Error =:= beamtalk_future:timeout_error() andalso beamtalk_future:state(Future) of
                pending -> Future;
                _ -> erlang:raise(error, Exception, Stack)
            end
    end;
awaited(Value, _) ->
    Value.

%% `x := actor message' binds what the future became, not the future.
settled(Same, Same, Bindings) ->
    Bindings;
settled(Future, Result, Bindings) ->
    maps:map(
        fun
            (_, Value) when Value =:= Future -> Result;
            (_, Value) -> Value
        end,
        Bindings
    ).

too_large() ->
    beamtalk_failure:simple([
        "The value, a variable or the error has more than ", integer_to_binary(?MAX_PARTS), " parts when it is copied\n",
        "Hint: Answer a part of it; parts that are shared count each time"
    ]).

failed(Failure, Bindings, Warnings) ->
    #{result => {error, Failure}, bindings => Bindings, warnings => Warnings}.
