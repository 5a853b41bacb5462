%%% @doc Digits of an integer.
%%%
%%% OTP makes them in quadratic time and in one step, in which the process cannot be ended and holds its scheduler: two million bits take
%%% twelve seconds. Here a large number is halved until its parts are short, which takes two thirds of the time in steps of at
%%% most one second, and numbers of more than two million bits are refused: more than any power or factorial has.
-module(beamtalk_integer_text).

-export([text/1]).

-define(IS_SMALL(N), (N =< 16#7FFFFFFFFFFFFFFF andalso N >= -16#7FFFFFFFFFFFFFFF)).
%% In words, with one for their number and one to spare.
-define(MAX_WORDS, (((1 bsl 21) div 64) + 2)).
-define(SHORT_WORDS, 1024).
-define(SHORT_DIGITS, 10000).

%% Numbers of digits, halves of one another, and ten to their power.
-type powers() :: [{pos_integer(), pos_integer()}].

-spec text(integer()) -> binary().
text(N) when ?IS_SMALL(N) ->
    integer_to_binary(N);
text(N) ->
    case erts_debug:flat_size(N) of
        Words when Words > ?MAX_WORDS -> erlang:error(system_limit);
        Words when Words =< ?SHORT_WORDS -> integer_to_binary(N);
        _ when N < 0 -> iolist_to_binary([$- | digits(-N)]);
        _ -> iolist_to_binary(digits(N))
    end.

digits(N) -> leading(N, powers(N, ?SHORT_DIGITS, power(10, ?SHORT_DIGITS), [])).

-spec powers(pos_integer(), pos_integer(), pos_integer(), powers()) -> powers().
powers(N, Digits, Power, Smaller) when Power =< N -> powers(N, Digits * 2, Power * Power, [{Digits, Power} | Smaller]);
powers(_, _, _, Smaller) -> Smaller.

power(Base, 1) -> Base;
power(Base, N) when N band 1 =:= 0 -> power(Base * Base, N bsr 1);
power(Base, N) -> Base * power(Base * Base, N bsr 1).

%% Without zeros in front.
leading(N, [{_, Power} | Smaller]) when N < Power ->
    leading(N, Smaller);
leading(N, [{_, Power} | Smaller]) ->
    High = N div Power,
    [leading(High, Smaller) | padded(N - High * Power, Smaller)];
leading(N, []) ->
    integer_to_binary(N).

padded(N, [{_, Power} | Smaller]) ->
    High = N div Power,
    [padded(High, Smaller) | padded(N - High * Power, Smaller)];
padded(N, []) ->
    Digits = integer_to_binary(N),
    [binary:copy(<<"0">>, ?SHORT_DIGITS - byte_size(Digits)), Digits].
