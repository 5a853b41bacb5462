%%% @doc Evaluation of Beamtalk in the library's own machine: microseconds to an answer, no module, a budget for everything.
%%%
%%% A session is a machine with variables. It belongs to the process that made it and goes with it; others may use it too, one at a time. Most inputs end in
%%% their first slice, in the calling process. What takes longer, or asks the node for something, goes on in a process of its own, so that time limits and
%%% interrupts hold wherever the program is. Limits and interrupts are no exceptions: no handler and no cleanup of the program sees them, and the variables
%%% stay as they were.
%%%
%%% Results are those of the same program on the BEAM. What the machine has not, the node does for it (`beamtalk_evaluator_effects'), as far as the session's
%%% allow-list says so.
-module(beamtalk_evaluator).

-export([new/0, new/1, define/2, eval/2, eval/3, resume/2, interrupt/1, close/1]).
-export([bindings/1, bind/3, reset/1, stats/1]).
-export([disassemble/3, tiers/0, tiers/1, subscribe/1, snapshot/1, restore/1, restore/2]).
-export([compile_native/3]).

-export_type([session/0, options/0, error/0, info/0]).

-opaque session() :: {?MODULE, beamtalk_evaluator_driver:session(), options()}.
-type options() :: #{
    %% Reductions an input may use.
    reductions => pos_integer() | infinity,
    %% Milliseconds an input may take.
    timeout => pos_integer() | infinity,
    %% Bytes that values and frames may take.
    max_memory => pos_integer(),
    effects => beamtalk_evaluator_gate:allowed(),
    %% What a spent budget is: the end of the input, or a pause.
    on_budget => stop | suspend,
    tiers => [jit | native],
    jit_threshold => pos_integer(),
    native_threshold => pos_integer(),
    skip_checks => boolean(),
    path => binary()
}.
-type error() ::
    {raised, beamtalk_error:exception()}
    | {rejected, #{diagnostics := [map()]}}
    | {limit, reductions | timeout | max_memory | atoms}
    %% What was to be evaluated defines something; what was to define something does not.
    | definition
    | expression
    | interrupted
    | session_lost
    | busy
    | unavailable.
-type info() :: #{
    %% Variables the input assigned.
    bindings := #{binary() => term()},
    output := binary(),
    reductions := non_neg_integer(),
    %% Microseconds by phase.
    times := #{total := non_neg_integer()},
    tier := 0
}.
-type result() :: {ok, term(), info()} | {error, error(), info()} | {suspended, reductions | timeout, session()}.

-define(MAX_MEMORY, 256 * 1024 * 1024).
%% How long after its deadline a program that waits inside the node is given to come to a border.
-define(GRACE_MS, 10).

-spec new() -> {ok, session()} | {error, unavailable}.
new() ->
    new(#{}).

-spec new(options()) -> {ok, session()} | {error, unavailable}.
new(Options) when is_map(Options) ->
    ok = beamtalk_evaluator_options:check(Options),
    MaxMemory = maps:get(max_memory, Options, ?MAX_MEMORY),
    case beamtalk_evaluator_link:open(MaxMemory) of
        {ok, Link} ->
            Inner = #{
                link => Link,
                id => make_ref(),
                effects => maps:get(effects, Options, all),
                max_memory => MaxMemory,
                owner => self(),
                flags => atomics:new(3, [])
            },
            {ok, {?MODULE, Inner, Options}};
        {error, unavailable} ->
            {error, unavailable}
    end.

-spec eval(session(), unicode:chardata()) -> result().
eval(Session, Source) ->
    eval(Session, Source, #{}).

%% @doc Evaluates an input. Options of the call go before those of the session.
-spec eval(session(), unicode:chardata(), options()) -> result().
eval({?MODULE, Inner, Own}, Source, Options) when is_map(Options) ->
    ok = beamtalk_evaluator_options:check(Options),
    All = maps:merge(Own, Options),
    Began = erlang:monotonic_time(),
    Budget = budget(All),
    Session = Inner#{effects => maps:get(effects, All, all)},
    Asked = {unicode:characters_to_binary(Source), maps:with([path, skip_checks], All)},
    case claimed(Session) of
        {ok, Run} -> begun(first(Session, Asked, Budget), Run, {?MODULE, Session, All}, Budget, Began);
        busy -> {error, busy, info(Budget, Budget, #{}, <<>>, Began)}
    end.

%% The session for this process. A suspended input ends when who may end it begins another one.
claimed(Session) ->
    case beamtalk_evaluator_claim:take(Session) of
        {ok, Run} ->
            {ok, Run};
        {held, {_, Keeper, kept}} ->
            case beamtalk_evaluator_keeper:dismiss(Keeper) of
                ok -> claimed(Session);
                busy -> busy
            end;
        {held, {_, _, first}} ->
            busy
    end.

%% Whatever happens in this process, the session is free afterwards.
first(Session, Asked, Budget) ->
    try
        beamtalk_evaluator_driver:first(Session, Asked, Budget)
    catch
        Class:Reason:Stack ->
            ok = beamtalk_evaluator_claim:release(Session),
            erlang:raise(Class, Reason, Stack)
    end.

%% Most inputs have ended in their first slice.
begun({{none, {done, Value, Assigned, Left}}, Fuel}, _, {?MODULE, Session, _}, Budget, Began) ->
    ok = beamtalk_evaluator_claim:release(Session),
    {ok, Value, info(Budget, spent(Budget, Fuel - Left), Assigned, <<>>, Began)};
begun({{none, {warned, _, {done, _, _, _} = Done}}, Fuel}, Run, Session, Budget, Began) ->
    begun({{none, Done}, Fuel}, Run, Session, Budget, Began);
begun(First, Run, {?MODULE, Session, _} = Handle, Budget, Began) ->
    started(Handle, beamtalk_evaluator_keeper:start(Session, Run, First, Budget), Budget, Began).

budget(Options) ->
    Until =
        case maps:get(timeout, Options, infinity) of
            infinity -> infinity;
            Ms -> erlang:monotonic_time(millisecond) + Ms
        end,
    {maps:get(reductions, Options, infinity), Until}.

spent({infinity, Until}, _) -> {infinity, Until};
spent({Left, Until}, Reductions) -> {Left - Reductions, Until}.

%% @doc Goes on with an input that is suspended: `reductions' and `timeout' say how much more it may use.
-spec resume(session(), options()) -> result().
resume({?MODULE, Inner, Own}, More) when is_map(More) ->
    ok = beamtalk_evaluator_options:check(More),
    Began = erlang:monotonic_time(),
    Budget = budget(maps:merge(maps:with([reductions, timeout], More), #{})),
    case beamtalk_evaluator_claim:holder(Inner) of
        {_, Keeper, kept} -> started({?MODULE, Inner, Own}, beamtalk_evaluator_keeper:resume(Keeper, Budget), Budget, Began);
        {_, _, first} -> {error, busy, info(Budget, Budget, #{}, <<>>, Began)};
        none -> {error, session_lost, info(Budget, Budget, #{}, <<>>, Began)}
    end.

%% Waits for the process that drives the input.
started({?MODULE, _, Options} = Session, {Keeper, _} = Input, {_, Until} = Budget, Began) ->
    Suspends = maps:get(on_budget, Options, stop) =:= suspend,
    case beamtalk_evaluator_keeper:wait(Input, Until, ?GRACE_MS) of
        {suspended, Why} when Suspends ->
            {suspended, Why, Session};
        {suspended, Why} ->
            ok = beamtalk_evaluator_keeper:stop(Keeper, interrupted),
            {error, {limit, Why}, info(Budget, Budget, #{}, <<>>, Began)};
        {ended, Outcome, Output} ->
            result(Outcome, Output, Session, Budget, Began);
        busy ->
            {error, busy, info(Budget, Budget, #{}, <<>>, Began)};
        gone ->
            {error, session_lost, info(Budget, Budget, #{}, <<>>, Began)}
    end.

result({done, Value, Assigned, Left}, Output, _, Budget, Began) ->
    {ok, Value, info(Budget, Left, Assigned, Output, Began)};
result({raised, Class, Reason, Trace, Left}, Output, _, Budget, Began) ->
    {error, {raised, beamtalk_exception_handler:wrap(Class, Reason, Trace)}, info(Budget, Left, #{}, Output, Began)};
result({rejected, Diagnostics, Left}, Output, _, Budget, Began) ->
    {error, {rejected, #{diagnostics => Diagnostics}}, info(Budget, Left, #{}, Output, Began)};
result({definition, Left}, Output, _, Budget, Began) ->
    {error, definition, info(Budget, Left, #{}, Output, Began)};
result({killed, Why}, Output, _, Budget, Began) ->
    {error, Why, info(Budget, Budget, #{}, Output, Began)};
result({limit, Why, Left}, Output, _, Budget, Began) ->
    {error, {limit, Why}, info(Budget, Left, #{}, Output, Began)};
result({lost, Left}, Output, _, Budget, Began) ->
    {error, session_lost, info(Budget, Left, #{}, Output, Began)};
result({passed, _, _, Left}, Output, Session, Budget, Began) ->
    %% Nothing is below an input that a return could go to.
    result({raised, error, dead_home, [], Left}, Output, Session, Budget, Began).

info({Given, _}, {Left, _}, Assigned, Output, Began) ->
    Used =
        case is_integer(Given) andalso is_integer(Left) of
            true -> Given - Left;
            %% No budget, or the process that counted has gone.
            false -> 0
        end,
    Micros = erlang:convert_time_unit(erlang:monotonic_time() - Began, native, microsecond),
    #{bindings => Assigned, output => Output, reductions => Used, times => #{total => Micros}, tier => 0}.

%% @doc Takes a class, or a standalone method, into the session: an overlay above the node's classes and the library. Answers the methods of the text with the
%% number of times their text has changed; the class side is `'Counter class''.
-spec define(session(), unicode:chardata()) -> {ok, [{binary(), binary(), pos_integer()}]} | {error, error()}.
define({?MODULE, Inner, Own}, Source) ->
    Request = {define, unicode:characters_to_binary(Source), maps:with([path], Own)},
    case claimed(Inner) of
        {ok, _} ->
            try
                defined(Inner, Request)
            after
                ok = beamtalk_evaluator_claim:release(Inner)
            end;
        busy ->
            {error, busy}
    end.

defined(Inner, Request) ->
    ok = beamtalk_evaluator_driver:tell(Inner),
    case beamtalk_evaluator_link:request(maps:get(link, Inner), Request) of
        {none, {defined, Versions, Changed}} ->
            _ = [ok = beamtalk_evaluator_tools:tell(Inner, {swapped, Class, Selector, Version}) || {Class, Selector, Version} <- Changed],
            {ok, Versions};
        {none, {rejected, Diagnostics}} -> {error, {rejected, #{diagnostics => Diagnostics}}};
        {none, expression} -> {error, expression};
        busy -> {error, busy};
        _ -> {error, session_lost}
    end.

%% @doc Stops the running or suspended input, if there is one. The session stays usable, its variables are as before that input.
-spec interrupt(session()) -> ok.
interrupt({?MODULE, Inner, _}) ->
    case beamtalk_evaluator_claim:holder(Inner) of
        none ->
            ok;
        {_, Keeper, kept} ->
            beamtalk_evaluator_keeper:stop(Keeper, interrupted);
        {Run, _, first} ->
            begins(Inner, Run)
    end.

%% The first slice is over soon; then the input has ended, or a keeper has it. A later one is none of this call's business.
begins(Inner, Run) ->
    timer:sleep(1),
    case beamtalk_evaluator_claim:holder(Inner) of
        {Run, Keeper, kept} -> beamtalk_evaluator_keeper:stop(Keeper, interrupted);
        {Run, _, first} -> begins(Inner, Run);
        _ -> ok
    end.

%% @doc Frees the session before its owner ends.
-spec close(session()) -> ok.
close({?MODULE, Inner, _}) ->
    case beamtalk_evaluator_claim:holder(Inner) of
        {_, Keeper, kept} -> beamtalk_evaluator_keeper:stop(Keeper, session_lost);
        _ -> ok
    end,
    beamtalk_evaluator_link:close(maps:get(link, Inner)).

%% @doc The variables.
-spec bindings(session()) -> #{binary() => term()} | {error, session_lost | busy}.
bindings({?MODULE, Inner, _}) ->
    case beamtalk_evaluator_link:request(maps:get(link, Inner), {bindings}) of
        {none, {bindings, All}} -> All;
        {true, {bindings, All}} -> beamtalk_evaluator_blocks:funs(Inner, All);
        busy -> {error, busy};
        _ -> {error, session_lost}
    end.

-spec bind(session(), atom() | binary(), term()) -> ok | {error, session_lost | busy}.
bind(Session, Name, Value) when is_atom(Name) ->
    bind(Session, atom_to_binary(Name), Value);
bind(Session, Name, Value) when is_binary(Name) ->
    word(Session, {bind, Name, Value}).

%% @doc Forgets the variables.
-spec reset(session()) -> ok | {error, session_lost | busy}.
reset(Session) ->
    word(Session, {clear}).

word({?MODULE, Inner, _}, Request) ->
    case beamtalk_evaluator_link:request(maps:get(link, Inner), Request) of
        {none, ok} -> ok;
        busy -> {error, busy};
        _ -> {error, session_lost}
    end.

%% @doc Numbers of the session: `memory' (bytes of values and frames), `reductions' and `calls' so far, `variables', `definitions' (classes defined here),
%% `classes' and `methods' that are linked, `code' (bytes of their instructions), `library' (classes of the library that the node has compiled, for all
%% sessions), `symbols' it knows, `atoms' that symbols became.
-spec stats(session()) -> beamtalk_evaluator_tools:stats() | {error, session_lost | busy}.
stats({?MODULE, Inner, _}) ->
    beamtalk_evaluator_tools:stats(Inner).

%% @doc The code of a method as text: of a class of the session, of the node or of the library, inherited methods as well; the class side is `'Counter class''.
%% `runs_on_node': the method is an actor's, or one that only the node can run.
-spec disassemble(session(), atom() | binary(), atom() | binary()) ->
    {ok, binary()} | {error, unknown_class | unknown_method | runs_on_node | session_lost | busy}.
disassemble({?MODULE, Inner, _}, Class, Selector) ->
    beamtalk_evaluator_tools:disassemble(Inner, Class, Selector).

%% @doc The methods that the sessions of the node have linked, each with the calls of all sessions and the highest version. Sessions that are at work are
%% left out.
-spec tiers() -> beamtalk_evaluator_tools:tiers().
tiers() ->
    beamtalk_evaluator_tools:tiers().

%% @doc The methods that the session has linked, class and selector as texts. `calls' counts since the class was linked last.
-spec tiers(session()) -> beamtalk_evaluator_tools:tiers() | {error, session_lost | busy}.
tiers({?MODULE, Inner, _}) ->
    beamtalk_evaluator_tools:tiers(Inner).

%% @doc The calling process gets `{beamtalk_evaluator, Reference, Event}' with the reference answered here until the session ends. The event there is:
%% `{swapped, Class, Selector, Version}', when `define/2' has given a method another text.
-spec subscribe(session()) -> {ok, reference()}.
subscribe({?MODULE, Inner, _}) ->
    beamtalk_evaluator_tools:subscribe(Inner, self()).

%% @doc The session's definitions and variables as a binary. Variables that are no plain data (processes, references, functions, blocks) are named in the error:
%% bind them to something else first. What the node defines is not in it.
-spec snapshot(session()) -> {ok, binary()} | {error, {not_plain, [binary()]} | session_lost | busy}.
snapshot({?MODULE, Inner, _}) ->
    beamtalk_evaluator_tools:snapshot(Inner).

%% @doc A new session from a snapshot. Nothing of it runs; versions begin anew. A binary that is no snapshot is refused, whatever it holds.
-spec restore(binary()) -> {ok, session()} | {error, no_snapshot | error()}.
restore(Snapshot) ->
    restore(Snapshot, #{}).

-spec restore(binary(), options()) -> {ok, session()} | {error, no_snapshot | error()}.
restore(Snapshot, Options) when is_binary(Snapshot) ->
    case new(Options) of
        {ok, {?MODULE, Inner, _} = Session} ->
            case beamtalk_evaluator_tools:restore(Inner, Snapshot) of
                ok ->
                    {ok, Session};
                {error, _} = Error ->
                    ok = close(Session),
                    Error
            end;
        {error, unavailable} = Error ->
            Error
    end.

%% @doc Machine code ahead of time is not there yet.
-spec compile_native(session(), atom() | binary(), atom() | binary()) -> {error, not_supported}.
compile_native({?MODULE, _, _}, _Class, _Selector) ->
    {error, not_supported}.
