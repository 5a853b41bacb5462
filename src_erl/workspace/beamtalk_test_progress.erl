%%% @doc How far a test run has come: a line on a terminal that each next one replaces. Silent otherwise.
-module(beamtalk_test_progress).

-export([show/3, clear/0]).

-define(WIDTH, 70).

-spec show(pos_integer(), pos_integer(), unicode:chardata()) -> ok.
show(Number, Of, Name) ->
    write(["\r\e[K", string:slice(io_lib:format("[~b/~b] ~ts", [Number, Of, Name]), 0, ?WIDTH)]).

%% @doc Before anything else is written.
-spec clear() -> ok.
clear() ->
    write("\r\e[K").

write(Text) ->
    case beamtalk_progress:is_shown() of
        true -> io:put_chars(standard_error, Text);
        false -> ok
    end.
