%%% @doc Colours of the prompt's output, and whether there are any. Pure but for reading the environment.
-module(beamtalk_colours).

-export([wanted/1, value/3, error_label/1, warning/2]).

%% @doc Colours are for people at a terminal who did not say no.
-spec wanted(boolean()) -> boolean().
wanted(Terminal) ->
    Terminal andalso os:getenv("NO_COLOR", "") =:= "" andalso os:getenv("TERM", "dumb") =/= "dumb".

%% @doc The text of a value, coloured by what it is.
-spec value(boolean(), term(), binary()) -> iodata().
value(false, _, Text) -> Text;
value(true, Value, Text) -> coloured(colour(Value, Text), Text).

colour(V, _) when is_number(V) -> "\e[33m";
colour(V, _) when is_boolean(V); V =:= nil -> "\e[1;34m";
colour(V, _) when is_list(V) -> none;
colour(_, <<"#", Rest/binary>>) ->
    case binary:match(Rest, <<"<">>) of
        nomatch -> "\e[32m";
        _ -> "\e[36m"
    end;
colour(_, <<"a Block", _/binary>>) -> "\e[36m";
colour(_, _) -> "\e[32m".

coloured(none, Text) -> Text;
coloured(Code, Text) -> [Code, Text, "\e[0m"].

-spec error_label(boolean()) -> iodata().
error_label(true) -> "\e[1;31mError:\e[0m ";
error_label(false) -> "Error: ".

-spec warning(boolean(), iodata()) -> iodata().
warning(true, Text) -> ["\e[33m", Text, "\e[0m"];
warning(false, Text) -> Text.
