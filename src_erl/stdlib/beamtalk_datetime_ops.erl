%%% @doc Primitives of DateTime: a tagged map with the seconds since 1970 as its one field.
%%%
%%% With one field the term order of instances is that of time, in sets and sorted lists as well as under the operators. Years go from 0
%%% to 9999, which is what the calendar functions and the text form can show.
-module(beamtalk_datetime_ops).

-include("beamtalk.hrl").

-export([now/1, monotonicNow/1, year_month_day/4, year_month_day_hour_minute_second/7, fromTimestamp/2, fromString/2]).
-export([year/1, month/1, day/1, hour/1, minute/1, second/1, asTimestamp/1, asString/1, printString/1]).
-export([addSeconds/2, addDays/2, diffSeconds/2]).
-export(['<'/2, '>'/2, '<='/2, '>='/2, '=:='/2, '/='/2]).

-define(EPOCH, 62167219200).
-define(LAST, 253402300799).

-type t() :: #{?BT_TAG := 'DateTime', timestamp := integer()}.

%%% Making.

-spec now(term()) -> t().
now(_Class) ->
    date_time(erlang:system_time(second)).

-spec monotonicNow(term()) -> integer().
monotonicNow(_Class) ->
    erlang:monotonic_time(nanosecond).

-spec year_month_day(term(), term(), term(), term()) -> t().
year_month_day(_Class, Year, Month, Day) ->
    of_parts({Year, Month, Day}, {0, 0, 0}, 'year:month:day:').

-spec year_month_day_hour_minute_second(term(), term(), term(), term(), term(), term(), term()) -> t().
year_month_day_hour_minute_second(_Class, Year, Month, Day, Hour, Minute, Second) ->
    of_parts({Year, Month, Day}, {Hour, Minute, Second}, 'year:month:day:hour:minute:second:').

-spec fromTimestamp(term(), term()) -> t().
fromTimestamp(_Class, Seconds) ->
    ok = integer(Seconds, 'fromTimestamp:'),
    in_range(Seconds, 'fromTimestamp:').

-spec fromString(term(), term()) -> t().
fromString(_Class, <<Y:4/binary, $-, Mo:2/binary, $-, D:2/binary, $T, H:2/binary, $:, Mi:2/binary, $:, S:2/binary, Zone/binary>>) when
    Zone =:= <<>>; Zone =:= <<"Z">>
->
    [Year, Month, Day, Hour, Minute, Second] = [digits(Part) || Part <- [Y, Mo, D, H, Mi, S]],
    of_parts({Year, Month, Day}, {Hour, Minute, Second}, 'fromString:');
fromString(_Class, Text) when is_binary(Text) ->
    not_iso();
fromString(_Class, Other) ->
    beamtalk_collection_ops:type_error('DateTime', 'fromString:', "a String", Other).

digits(Text) ->
    case lists:all(fun(C) -> C >= $0 andalso C =< $9 end, binary_to_list(Text)) of
        true -> binary_to_integer(Text);
        false -> not_iso()
    end.

-spec not_iso() -> no_return().
not_iso() ->
    beamtalk_error:raise(type_error, 'DateTime', 'fromString:', "Expected YYYY-MM-DDThh:mm:ss, optionally followed by Z").

of_parts(Date, Time, Selector) ->
    _ = [ok = integer(Part, Selector) || Part <- tuple_to_list(Date) ++ tuple_to_list(Time)],
    {Year, _, _} = Date,
    case Year =< 9999 andalso calendar:valid_date(Date) of
        true -> ok;
        false -> impossible("Invalid date: ~b-~b-~b", Date, Selector)
    end,
    case Time of
        {H, M, S} when H >= 0, H =< 23, M >= 0, M =< 59, S >= 0, S =< 59 ->
            date_time(calendar:datetime_to_gregorian_seconds({Date, Time}) - ?EPOCH);
        _ ->
            impossible("Invalid time: ~b:~b:~b", Time, Selector)
    end.

-spec impossible(string(), tuple(), atom()) -> no_return().
impossible(Format, Parts, Selector) ->
    beamtalk_error:raise(type_error, 'DateTime', Selector, io_lib:format(Format, tuple_to_list(Parts))).

in_range(Seconds, _) when Seconds >= -?EPOCH, Seconds =< ?LAST -> date_time(Seconds);
in_range(_, Selector) -> beamtalk_error:raise(type_error, 'DateTime', Selector, "The year must be from 0 to 9999").

date_time(Seconds) ->
    #{?BT_TAG => 'DateTime', timestamp => Seconds}.

%%% Parts and texts.

-spec year(t()) -> integer().
year(DateTime) ->
    {{Year, _, _}, _} = parts(DateTime),
    Year.

-spec month(t()) -> integer().
month(DateTime) ->
    {{_, Month, _}, _} = parts(DateTime),
    Month.

-spec day(t()) -> integer().
day(DateTime) ->
    {{_, _, Day}, _} = parts(DateTime),
    Day.

-spec hour(t()) -> integer().
hour(DateTime) ->
    {_, {Hour, _, _}} = parts(DateTime),
    Hour.

-spec minute(t()) -> integer().
minute(DateTime) ->
    {_, {_, Minute, _}} = parts(DateTime),
    Minute.

-spec second(t()) -> integer().
second(DateTime) ->
    {_, {_, _, Second}} = parts(DateTime),
    Second.

parts(#{timestamp := Seconds}) ->
    calendar:gregorian_seconds_to_datetime(Seconds + ?EPOCH).

-spec asTimestamp(t()) -> integer().
asTimestamp(#{timestamp := Seconds}) ->
    Seconds.

-spec asString(t()) -> binary().
asString(DateTime) ->
    {{Y, Mo, D}, {H, Mi, S}} = parts(DateTime),
    iolist_to_binary(io_lib:format("~4..0b-~2..0b-~2..0bT~2..0b:~2..0b:~2..0bZ", [Y, Mo, D, H, Mi, S])).

-spec printString(t()) -> binary().
printString(DateTime) ->
    <<"a DateTime(", (asString(DateTime))/binary, ")">>.

%%% Arithmetic.

-spec addSeconds(t(), term()) -> t().
addSeconds(#{timestamp := Seconds}, Count) ->
    ok = integer(Count, 'addSeconds:'),
    in_range(Seconds + Count, 'addSeconds:').

-spec addDays(t(), term()) -> t().
addDays(#{timestamp := Seconds}, Count) ->
    ok = integer(Count, 'addDays:'),
    in_range(Seconds + Count * 86400, 'addDays:').

-spec diffSeconds(t(), term()) -> integer().
diffSeconds(#{timestamp := Seconds}, Other) ->
    Seconds - seconds(Other, 'diffSeconds:').

%%% Comparing.

-spec '<'(t(), term()) -> boolean().
'<'(#{timestamp := Seconds}, Other) -> Seconds < seconds(Other, '<').

-spec '>'(t(), term()) -> boolean().
'>'(#{timestamp := Seconds}, Other) -> Seconds > seconds(Other, '>').

-spec '<='(t(), term()) -> boolean().
'<='(#{timestamp := Seconds}, Other) -> Seconds =< seconds(Other, '<=').

-spec '>='(t(), term()) -> boolean().
'>='(#{timestamp := Seconds}, Other) -> Seconds >= seconds(Other, '>=').

-spec '=:='(t(), term()) -> boolean().
'=:='(#{timestamp := Seconds}, Other) -> Seconds =:= seconds(Other, '=:=').

-spec '/='(t(), term()) -> boolean().
'/='(#{timestamp := Seconds}, Other) -> Seconds /= seconds(Other, '/=').

seconds(#{?BT_TAG := 'DateTime', timestamp := Seconds}, _) -> Seconds;
seconds(Other, Selector) -> beamtalk_collection_ops:type_error('DateTime', Selector, "a DateTime", Other).

integer(Value, _) when is_integer(Value) -> ok;
integer(Other, Selector) -> beamtalk_collection_ops:type_error('DateTime', Selector, "an Integer", Other).
