%%% @doc Who works with a session: one process at a time, and each input has a number of its own.
%%%
%%% The table `beamtalk_evaluator_claims' holds `{Link, Run, Pid, first | kept}': the process that runs the first slice, afterwards the keeper of the input. Whoever
%%% inserts the row has the session. A process that was killed in its first slice leaves a row behind; the next one sees that it is dead.
%%%
%%% Who may end a run, and who is to hear of its end, is decided by one word of the session, the number of the run with one of the states below: each step out of
%%% `waiting' is one compare-and-exchange, so that only one of answer, pause, interrupt and deadline happens, and never to a later run.
-module(beamtalk_evaluator_claim).

-export([create/0, take/1, hand_over/3, release/1, holder/1, forget/1]).
-export([promise/2, settle/2, hold/2, wait_again/2, is_promised/2]).

-export_type([run/0, row/0]).

-type run() :: pos_integer().
-type row() :: {run(), pid(), first | kept}.
-type session() :: beamtalk_evaluator_driver:session().

-define(TABLE, beamtalk_evaluator_claims).

%% Places in the session's `flags'.
-define(STATE, 1).
-define(LAST_RUN, 3).

%% Whoever asked waits for the answer.
-define(WAITING, 0).
%% The answer goes to who waits.
-define(PROMISED, 1).
%% The keeper decides: the input is suspended, or nobody waits.
-define(HELD, 2).

-define(WORD(Run, State), ((Run) * 4 + (State))).

%% @doc Makes the table; the calling process owns it.
-spec create() -> ok.
create() ->
    _ = [ets:new(?TABLE, [named_table, public, {write_concurrency, true}]) || ets:whereis(?TABLE) =:= undefined],
    ok.

%% @doc Takes the session for a new run of the calling process.
-spec take(session()) -> {ok, run()} | {held, row()}.
take(#{link := Link, flags := Flags} = Session) ->
    Run = atomics:add_get(Flags, ?LAST_RUN, 1),
    try ets:insert_new(?TABLE, {Link, Run, self(), first}) of
        true ->
            ok = atomics:put(Flags, ?STATE, ?WORD(Run, ?WAITING)),
            {ok, Run};
        false ->
            case holder(Session) of
                none -> take(Session);
                Row -> {held, Row}
            end
    catch
        %% The application does not run: nobody else knows of the session.
        error:badarg ->
            ok = atomics:put(Flags, ?STATE, ?WORD(Run, ?WAITING)),
            {ok, Run}
    end.

%% @doc The run is the keeper's from now on.
-spec hand_over(session(), run(), pid()) -> ok.
hand_over(#{link := Link}, Run, Keeper) ->
    safely(fun() -> ets:insert(?TABLE, {Link, Run, Keeper, kept}) end).

%% @doc The session is free; the holder says so.
-spec release(session()) -> ok.
release(#{link := Link}) ->
    forget(Link).

%% @doc Drops what is known of a session that is closed.
-spec forget(beamtalk_evaluator_link:link()) -> ok.
forget(Link) ->
    safely(fun() -> ets:delete(?TABLE, Link) end).

%% @doc Who has the session; a process that is dead has it no more.
-spec holder(session() | #{link := beamtalk_evaluator_link:link(), _ => _}) -> row() | none.
holder(#{link := Link}) ->
    try ets:lookup(?TABLE, Link) of
        [] ->
            none;
        [{_, Run, Pid, Phase} = Row] ->
            case is_process_alive(Pid) of
                true ->
                    {Run, Pid, Phase};
                false ->
                    true = ets:delete_object(?TABLE, Row),
                    none
            end
    catch
        error:badarg -> none
    end.

safely(Work) ->
    try
        _ = Work(),
        ok
    catch
        error:badarg -> ok
    end.

%% @doc The input has ended: is its answer for who waits? Otherwise the keeper knows more.
-spec promise(session(), run()) -> boolean().
promise(#{flags := Flags}, Run) ->
    atomics:compare_exchange(Flags, ?STATE, ?WORD(Run, ?WAITING), ?WORD(Run, ?PROMISED)) =:= ok.

%% @doc The keeper promises the answer that the worker has.
-spec settle(session(), run()) -> ok.
settle(#{flags := Flags}, Run) ->
    atomics:put(Flags, ?STATE, ?WORD(Run, ?PROMISED)).

%% @doc The keeper takes the decision; false: an answer is on its way.
-spec hold(session(), run()) -> boolean().
hold(#{flags := Flags}, Run) ->
    case atomics:compare_exchange(Flags, ?STATE, ?WORD(Run, ?WAITING), ?WORD(Run, ?HELD)) of
        ok -> true;
        State -> State =:= ?WORD(Run, ?HELD)
    end.

%% @doc The keeper has found somebody who waits for the next pause or the end.
-spec wait_again(session(), run()) -> ok.
wait_again(#{flags := Flags}, Run) ->
    atomics:put(Flags, ?STATE, ?WORD(Run, ?WAITING)).

%% @doc Has the run an answer? Certainly so when a later one has begun.
-spec is_promised(session(), run()) -> boolean().
is_promised(#{flags := Flags}, Run) ->
    State = atomics:get(Flags, ?STATE),
    State =:= ?WORD(Run, ?PROMISED) orelse State >= ?WORD(Run + 1, ?WAITING).
