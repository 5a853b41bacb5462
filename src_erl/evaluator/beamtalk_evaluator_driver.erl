%%% @doc Runs the machine of a session in the calling process: slice after slice, performing between them what the machine asks for.
%%%
%%% Who drives, and who may stop whom, is `beamtalk_evaluator''s business. A budget that is spent ends the drive with what is needed to go on.
-module(beamtalk_evaluator_driver).

-export([first/3, go_on/3, evaluate/5, tell/1, output/0, warnings/0, forget/0, about_class/1, on_pause/1]).

-export_type([session/0, outcome/0, budget/0]).

-type session() :: #{
    link := beamtalk_evaluator_link:link(),
    %% What blocks know their session by.
    id := reference(),
    effects := beamtalk_evaluator_gate:allowed(),
    max_memory := pos_integer(),
    owner => pid(),
    %% 1, 3: see `beamtalk_evaluator_claim'; 2: what the session knows of the node's classes is of this generation.
    flags := atomics:atomics_ref(),
    %% Reductions of every slice, for tests: results do not depend on it.
    slice => pos_integer()
}.
%% Reductions left, and when the time is over (monotonic milliseconds).
-type budget() :: {integer() | infinity, integer() | infinity}.
-type outcome() ::
    {done, term(), Assigned :: #{binary() => term()}, Left :: budget()}
    | {raised, error | exit | throw, term(), Trace :: list(), budget()}
    %% `^' to a method below what was called, and a block whose request is over: in the middle of an evaluation only.
    | {passed, pos_integer(), term(), budget()}
    | {gone, budget()}
    | {rejected, [map()], budget()}
    | {definition, budget()}
    | {suspended, reductions | timeout, budget()}
    | {limit, max_memory | atoms, budget()}
    %% A return that goes on below what was driven; a block whose effect is over.
    | {passed, Home :: integer(), term(), budget()}
    | {gone, budget()}
    | {lost, budget()}.

%% Reductions of a slice: the first one on a normal scheduler, well under a millisecond; the others some milliseconds on a dirty one.
-define(FIRST, 2000).
-define(SLICE, 100000).
-define(RETURN, '$bt_return').
-define(BUDGET, '$bt_budget').
%% Frames that a failure of the node brings along.
-define(TRACE, 8).
-define(PAUSE, '$bt_pause').
-define(OUTPUT, '$bt_output').
-define(WARNINGS, '$bt_warnings').

%% @doc Begins an input: its first slice, in which most inputs end.
-spec first(session(), {Source :: binary(), Options :: map()}, budget()) -> {beamtalk_evaluator_link:reply(), Fuel :: integer()}.
first(Session, {Source, Options}, Budget) ->
    ok = tell(Session),
    Fuel = fuel(first_slice(Session), Budget),
    {asked(Session, {run, Fuel, Source, Options}, short), Fuel}.

%% Who drives has the session; the machine may still be busy with a question of a tool, or with the slice of a process that was killed.
asked(Session, Request, Length) ->
    case beamtalk_evaluator_link:request(machine(Session), Request, Length) of
        busy ->
            timer:sleep(1),
            asked(Session, Request, Length);
        Reply ->
            Reply
    end.

%% @doc Goes on from what the machine answered until the input has ended. `resume': from a spent budget.
-spec go_on(session(), {beamtalk_evaluator_link:reply(), Fuel :: integer()} | resume, budget()) -> outcome().
go_on(Session, {Reply, Fuel}, Budget) -> reply(Reply, Fuel, Session, Budget);
go_on(Session, resume, Budget) -> next_slice(Session, Budget).

machine(#{link := Link}) -> Link.

first_slice(Session) -> maps:get(slice, Session, ?FIRST).

fuel(Most, {infinity, _}) -> Most;
fuel(Most, {Left, _}) -> max(0, min(Most, Left)).

%% Session with the newest knowledge of the node's classes.
-spec tell(session()) -> ok.
tell(#{flags := Flags} = Session) ->
    Now = beamtalk_dispatch_cache:generation(),
    case atomics:get(Flags, 2) of
        Now ->
            ok;
        _ ->
            Known = #{known_classes => beamtalk_class_index:known()},
            _ = asked(Session, {tell, beamtalk_extensions:all(), Known}, dirty),
            atomics:put(Flags, 2, Now)
    end.

%% What the machine answered to a request with so much fuel.
reply(lost, _, _, Budget) -> {lost, Budget};
reply({true, Reply}, Given, Session, Budget) -> reply({none, beamtalk_evaluator_blocks:funs(Session, Reply)}, Given, Session, Budget);
reply({none, Reply}, Given, Session, Budget) ->
    case Reply of
        {done, Value, Assigned, Left} -> {done, Value, Assigned, spent(Given - Left, Budget)};
        {yielded, _} -> next_slice(Session, spent(Given, Budget));
        {effect, Request, Left} -> effect(Request, Session, spent(Given - Left, Budget));
        {raised, Class, Reason, Trace, Left} -> {raised, Class, Reason, Trace, spent(Given - Left, Budget)};
        {passed, Home, Value, Left} -> {passed, Home, Value, spent(Given - Left, Budget)};
        {wide, Parameters, Left} -> {raised, error, beamtalk_evaluator_blocks:too_wide(Parameters), [], spent(Given - Left, Budget)};
        {rejected, Diagnostics} -> {rejected, Diagnostics, Budget};
        {warned, Warnings, Next} ->
            _ = put(?WARNINGS, Warnings),
            reply({none, Next}, Given, Session, Budget);
        definition -> {definition, Budget};
        gone -> {gone, Budget};
        {limit, What, _} -> {limit, What, Budget};
        {limit, What} -> {limit, What, Budget};
        {protocol, _} -> {lost, Budget}
    end.

spent(_, {infinity, Until}) -> {infinity, Until};
spent(Reductions, {Left, Until}) -> {Left - max(0, Reductions), Until}.

next_slice(Session, Budget) ->
    case Budget of
        {Left, _} when Left =/= infinity, Left =< 0 ->
            paused(reductions, Session, Budget);
        {_, Until} ->
            case Until =/= infinity andalso erlang:monotonic_time(millisecond) >= Until of
                true -> paused(timeout, Session, Budget);
                false -> slice(Session, Budget)
            end
    end.

paused(Why, Session, Budget) ->
    case get(?PAUSE) of
        undefined -> {suspended, Why, Budget};
        Pause -> next_slice(Session, Pause(Why, Budget))
    end.

%% @doc What this process does when a budget is spent: called with why, it answers with another budget, whenever that is.
-spec on_pause(fun((reductions | timeout, budget()) -> budget())) -> ok.
on_pause(Pause) ->
    _ = put(?PAUSE, Pause),
    ok.

slice(Session, Budget) ->
    Fuel = fuel(maps:get(slice, Session, ?SLICE), Budget),
    reply(asked(Session, {resume, Fuel}, dirty), Fuel, Session, Budget).

effect({class, Name}, Session, Budget) ->
    %% A class that nobody has is an error of the program, raised by the look-up.
    try beamtalk_message_dispatch:class_ref(Name) of
        _ ->
            _ = asked(Session, about_class(Name), dirty),
            answer(nil, Session, Budget)
    catch
        Class:Reason:Stack -> refuse(Class, Reason, Stack, Session, Budget)
    end;
effect({wide, Parameters}, Session, Budget) ->
    refuse(error, beamtalk_evaluator_blocks:too_wide(Parameters), [], Session, Budget);
effect({ancestor, Name}, Session, Budget) ->
    _ = asked(Session, about_class(Name), dirty),
    answer(nil, Session, Budget);
effect(Request, #{effects := Allowed} = Session, Budget) ->
    case beamtalk_evaluator_gate:permits(Allowed, Request) of
        true -> perform(Request, Session, Budget);
        false -> refuse(error, beamtalk_evaluator_gate:refusal(Request), [], Session, Budget)
    end.

%% @doc What the machine is told of a class: its source and file; `host' where the machine cannot run its methods.
-spec about_class(atom()) -> tuple().
about_class(Name) ->
    case {beamtalk_class_registry:module_of(Name), beamtalk_class_registry:meta(Name)} of
        {beamtalk_dynamic_class, _} -> {class, Name, host, nil};
        {_, #{source := Source} = Meta} when Source =/= <<>> -> {class, Name, Source, maps:get(file, Meta, nil)};
        _ -> {class, Name, host, nil}
    end.

perform(Request, #{id := Id} = Session, Budget) ->
    Before = {put(?RETURN, Id), put(?BUDGET, Budget)},
    Outcome =
        try
            ok = note_output(Request),
            {answer, beamtalk_evaluator_effects:perform(Request)}
        catch
            throw:{?RETURN, Id, To, Returned} -> {return, To, Returned};
            Raised:Why:Stack -> {refuse, Raised, Why, Stack}
        end,
    %% Blocks may have spent of it meanwhile.
    Left = get(?BUDGET),
    _ = put(?RETURN, element(1, Before)),
    _ = put(?BUDGET, element(2, Before)),
    ok = tell(Session),
    case Outcome of
        {answer, Value} -> answer(Value, Session, Left);
        {return, Home, Value} -> go_on_with({return, fuel(first_slice(Session), Left), Home, Value}, Session, Left);
        {refuse, Class, Reason, Trace} -> refuse(Class, Reason, Trace, Session, Left)
    end.

%% @doc What the program of this process has written on the Transcript.
-spec output() -> binary().
output() ->
    case get(?OUTPUT) of
        undefined -> <<>>;
        Written -> unicode:characters_to_binary(lists:reverse(Written))
    end.

%% @doc What the front end remarked about the last input of this process.
-spec warnings() -> [binary()].
warnings() ->
    case erase(?WARNINGS) of
        undefined -> [];
        Warnings -> Warnings
    end.

%% @doc Forgets what is noted about the input of this process, which goes on to others.
-spec forget() -> ok.
forget() ->
    _ = erase(?OUTPUT),
    _ = erase(?WARNINGS),
    ok.

note_output({send, _, Selector, Receiver, Arguments}) when Selector =:= 'show:'; Selector =:= cr ->
    case Receiver =/= nil andalso Receiver =:= beamtalk_message_dispatch:global('Transcript') of
        true -> note(Selector, Arguments);
        false -> ok
    end;
note_output(_) ->
    ok.

note(cr, []) -> written("\n");
note('show:', [Value]) when is_binary(Value) -> written(Value);
note('show:', [Value]) -> written(beamtalk_printer:print_string(Value));
note(_, _) -> ok.

written(Text) ->
    Before =
        case get(?OUTPUT) of
            undefined -> [];
            Written -> Written
        end,
    _ = put(?OUTPUT, [Text | Before]),
    ok.

answer(Value, Session, Budget) ->
    go_on_with({answer, fuel(first_slice(Session), Budget), Value}, Session, Budget).

refuse(Class, Reason, Stack, Session, Budget) ->
    go_on_with({refuse, fuel(first_slice(Session), Budget), Class, reason(Class, Reason, Stack), trace(Stack, ?TRACE)}, Session, Budget).

%% What was raised by the node and names functions of it is explained here: the machine has no trace of the node.
reason(error, undef, Stack) -> beamtalk_exception_handler:wrap(error, undef, Stack);
reason(error, {badfun, _} = Reason, Stack) -> beamtalk_exception_handler:wrap(error, Reason, Stack);
reason(error, {badarity, _} = Reason, Stack) -> beamtalk_exception_handler:wrap(error, Reason, Stack);
reason(_, Reason, _) -> Reason.

%% The frames of the node above those of the evaluator; arguments stay here.
trace(_, 0) -> [];
trace([{Module, Function, Arguments, Location} | Rest], Most) when is_list(Arguments) -> trace([{Module, Function, length(Arguments), Location} | Rest], Most);
trace([{Module, Function, Arity, Location} | Rest], Most) when is_atom(Module), is_atom(Function), is_integer(Arity), is_list(Location) ->
    case is_own(Module) of
        true -> [];
        false -> [{Module, Function, Arity, [Item || {Key, _} = Item <- Location, Key =:= file orelse Key =:= line]} | trace(Rest, Most - 1)]
    end;
trace(_, _) -> [].

is_own(Module) -> lists:prefix("beamtalk_evaluator", atom_to_list(Module)).

go_on_with(Request, Session, Budget) ->
    Fuel = element(2, Request),
    reply(asked(Session, Request, short), Fuel, Session, Budget).

%%% Blocks

%% @doc Evaluates a block that came out of the session.
-spec evaluate(session(), pos_integer(), binary(), [term()], [term()]) -> term().
evaluate(#{id := Id} = Session, Number, Code, Values, Arguments) ->
    case get(?RETURN) of
        Id ->
            %% The machine waits for this process: the block runs above what waits.
            case in_place({call, first_slice(Session), Number, Arguments}, Session) of
                gone -> elsewhere(Session, Code, Values, Arguments);
                {value, Value} -> Value
            end;
        _ ->
            elsewhere(Session, Code, Values, Arguments)
    end.

in_place(Request, #{id := Id} = Session) ->
    Budget =
        case get(?BUDGET) of
            undefined -> {infinity, infinity};
            Shared -> Shared
        end,
    Reply = asked(Session, Request, short),
    Outcome = reply(Reply, element(2, Request), Session, Budget),
    _ = put(?BUDGET, element(tuple_size(Outcome), Outcome)),
    case Outcome of
        {done, Value, _, _} -> {value, Value};
        {raised, Class, Reason, Trace, _} -> erlang:raise(Class, Reason, Trace);
        {passed, Home, Value, _} -> throw({?RETURN, Id, Home, Value});
        {gone, _} -> gone;
        {limit, What, _} -> end_evaluation({limit, What});
        {suspended, Why, _} -> end_evaluation({limit, Why});
        %% Whoever catches this comes to a machine that is gone.
        {lost, _} -> erlang:error(session_lost)
    end.

%% Not an exception of the program: nothing it does catches it, and it may have told its process to trap exits. Only a process that drives an evaluation ends
%% so; another one, which evaluates a block that was left to it, gets an exit that it may catch.
-spec end_evaluation(term()) -> no_return().
end_evaluation(Why) ->
    case get(?RETURN) of
        undefined ->
            exit({beamtalk_evaluation, Why});
        _ ->
            _ = process_flag(trap_exit, false),
            exit(self(), {beamtalk_evaluation, Why}),
            receive
            after infinity -> exit(unreachable)
            end
    end.

%% A machine of this process, made when it is first needed.
elsewhere(#{effects := Allowed, max_memory := MaxMemory}, Code, Values, Arguments) ->
    Key = {?MODULE, Allowed},
    Session =
        case get(Key) of
            undefined ->
                {ok, Link} = beamtalk_evaluator_link:open(MaxMemory),
                New = #{link => Link, id => make_ref(), effects => Allowed, max_memory => MaxMemory, flags => atomics:new(2, [])},
                _ = put(Key, New),
                New;
            Old ->
                Old
        end,
    ok = tell(Session),
    case in_place({apply, first_slice(Session), Code, Values, Arguments}, Session) of
        {value, Value} -> Value;
        gone -> error({no_block, Code})
    end.
