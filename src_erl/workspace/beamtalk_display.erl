%%% @doc The text of a value at the prompt, in expression tests and wherever a result is shown.
%%%
%%% One rule for all of them: `beamtalk_printer:display/1', with the state of a future asked for.
-module(beamtalk_display).

-include("beamtalk.hrl").

-export([text/1, result/1]).

-spec text(term()) -> binary().
text({beamtalk_future, Key} = Future) when ?IS_FUTURE_KEY(Key) ->
    case beamtalk_future:state(Future) of
        timeout -> timed_out(Future);
        State -> <<"#Future<", (atom_to_binary(State))/binary, ">">>
    end;
text(Value) ->
    try beamtalk_printer:display(Value, fun text/1) of
        Text -> valid(Text)
    catch
        error:system_limit -> <<(beamtalk_collection_ops:got(Value))/binary, " whose text is too long to be shown">>
    end.

%% @doc The text of what an input answered. Futures among these have been awaited: one that is left took too long, whatever
%% has become of it meanwhile.
-spec result(term()) -> binary().
result({beamtalk_future, Key} = Future) when ?IS_FUTURE_KEY(Key) -> timed_out(Future);
result(Value) -> text(Value).

timed_out(Future) -> <<"#Future<timeout,", (beamtalk_printer:pid_text(beamtalk_future:owner(Future)))/binary, ">">>.

%% Bytes that are no text are shown in Erlang's notation.
valid(Text) ->
    case unicode:characters_to_binary(Text) of
        Text -> Text;
        _ -> beamtalk_printer:term_text(Text)
    end.
