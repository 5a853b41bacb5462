%%% @doc Text of a value inside a string literal.
-module(beamtalk_interpolation).

-export([segment/1]).

%% Longest text that becomes part of another: what doubles in a loop ends.
-define(MAX_BYTES, (1 bsl 28)).

%% @doc printString of the value as a binary. Futures are awaited, before and after; an answer that is not a string is
%% flattened (the printString of an exception with a hint is a list of strings) or rendered.
-spec segment(term()) -> binary().
segment(V) when is_binary(V), byte_size(V) =< ?MAX_BYTES -> V;
segment(V) when is_binary(V) -> erlang:error(system_limit);
segment(V) when is_integer(V) -> beamtalk_integer_text:text(V);
segment(V) -> text(beamtalk_primitive:print_string(V)).

text(V) when is_binary(V) -> V;
text(V) when is_list(V) ->
    try
        iolist_to_binary(V)
    catch
        error:badarg -> beamtalk_printer:print_string(V)
    end;
text(V) ->
    beamtalk_printer:print_string(V).
