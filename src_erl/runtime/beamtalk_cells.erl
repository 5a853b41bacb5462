%%% @doc Keys of the cells that blocks of a running send work on, and their removal when the send did not come to its end.
%%%
%%% Cells live in the process dictionary under `{?MODULE, Pid, N}'. N grows in each process, so whoever remembers the count at some moment can drop everything
%%% that was opened later: a handler does when an exception has passed sends, a method when a `^' has, an actor after a failed message. The
%%% pid keeps a block that runs in another process from finding that process's cells.
-module(beamtalk_cells).

%% Called by generated code.
-export([key/0, mark/0, drop/1, note/3, unwound/4]).
-export([shielded/1]).

-define(COUNT, '$beamtalk_cells').

-opaque key() :: {?MODULE, pid(), pos_integer()}.
-type mark() :: non_neg_integer().

-export_type([key/0, mark/0]).

%% @doc A key nobody has used in this process.
-spec key() -> key().
key() ->
    N = mark() + 1,
    _ = put(?COUNT, N),
    {?MODULE, self(), N}.

%% @doc This moment: what is opened from here on is newer.
-spec mark() -> mark().
mark() ->
    case get(?COUNT) of
        undefined -> 0;
        N -> N
    end.

%% @doc Forgets all cells opened after the mark. Only sends that will not come back may have opened them.
-spec drop(mark()) -> ok.
drop(Mark) ->
    case mark() of
        Mark ->
            ok;
        Now when Now - Mark < 64 ->
            Self = self(),
            lists:foreach(fun(N) -> erase({?MODULE, Self, N}) end, lists:seq(Mark + 1, Now));
        _ ->
            _ = [erase(Key) || {?MODULE, _, N} = Key <- get_keys(), N > Mark],
            ok
    end.

%% @doc Evaluates the fun; what blocks assign to variables outside of it meanwhile is dropped.
-spec shielded(fun(() -> Answer)) -> Answer.
shielded(Fun) ->
    Self = self(),
    Cells = [{Key, get(Key)} || {?MODULE, P, _} = Key <- get_keys(), P =:= Self],
    try
        Fun()
    after
        lists:foreach(fun({Key, Values}) -> put(Key, Values) end, Cells)
    end.

%% @doc A local that the cleanup of a running `ensure:' uses was assigned. In another process, or when the `ensure:' is over, nobody is interested.
-spec note(key(), pos_integer(), term()) -> ok.
note(Key, At, Value) ->
    case get(Key) of
        undefined ->
            ok;
        Values ->
            _ = put(Key, setelement(At, Values, Value)),
            ok
    end.

%% @doc The locals as the cleanup sees them: after a non-local return as the body left them, after a failure as at entry.
-spec unwound(error | exit | throw, term(), key(), tuple()) -> tuple().
unwound(throw, {'$beamtalk_nlr', _, _}, Key, _) ->
    erase(Key);
unwound(_, _, Key, AtEntry) ->
    _ = erase(Key),
    AtEntry.
