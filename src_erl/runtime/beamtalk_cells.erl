%%% @doc Keys of the cells that blocks of a running send work on, and their removal when the send did not come to its end.
%%%
%%% Cells live in the process dictionary under a number. Numbers are the keys that the dictionary finds fastest, three times as fast as tuples, and a block
%%% that is called for each element of a collection looks its cell up twice. No two processes have a number in common, which keeps a block
%%% that runs in another process from finding that process's cells: each takes a range of its own. In a process they grow, so whoever
%%% remembers the last one at some moment can drop everything that was opened later: a handler does when an exception has passed
%%% sends, a method when a `^' has, an actor after a failed message.
-module(beamtalk_cells).

%% Called by generated code.
-export([key/0, mark/0, drop/1, note/3, unwound/4]).
-export([shielded/1]).

%% The last number given out.
-define(COUNT, '$beamtalk_cells').

%% Far from what anybody else would use as a key, and below where numbers become big.
-define(FIRST, (1 bsl 57)).
-define(RANGE, (1 bsl 20)).

-opaque key() :: pos_integer().
-type mark() :: non_neg_integer().

-export_type([key/0, mark/0]).

%% @doc A key nobody has used.
-spec key() -> key().
key() ->
    Key = after_last(get(?COUNT)),
    _ = put(?COUNT, Key),
    Key.

after_last(Last) when is_integer(Last), (Last + 1) rem ?RANGE =/= 0 -> Last + 1;
%% Ranges are handed out in ascending order.
after_last(_) -> ?FIRST + erlang:unique_integer([positive, monotonic]) * ?RANGE.

%% @doc This moment: what is opened from here on is newer.
-spec mark() -> mark().
mark() ->
    case get(?COUNT) of
        undefined -> 0;
        Last -> Last
    end.

%% @doc Forgets all cells opened after the mark. Only sends that will not come back may have opened them.
-spec drop(mark()) -> ok.
drop(Mark) ->
    _ = erase('$beamtalk_fold'),
    case mark() of
        Mark ->
            ok;
        Last when Last - Mark < 64 ->
            lists:foreach(fun erlang:erase/1, lists:seq(Mark + 1, Last));
        Last ->
            _ = [erase(Key) || Key <- get_keys(), is_key(Key), Key > Mark, Key =< Last],
            ok
    end.

is_key(Key) -> is_integer(Key) andalso Key >= ?FIRST.

%% @doc Evaluates the fun; what blocks assign to variables outside of it meanwhile is dropped.
-spec shielded(fun(() -> Answer)) -> Answer.
shielded(Fun) ->
    Cells = [{Key, get(Key)} || Key <- get_keys(), is_key(Key)],
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
