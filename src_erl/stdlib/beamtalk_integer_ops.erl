%%% @doc Primitives of Integer that are no BIF of their own.
%%%
%%% Powers of integers are exact. A power beyond a million bits is refused before it is computed, and so is a shift: multiplying, dividing
%%% and printing such numbers takes seconds, in steps that cannot be interrupted.
-module(beamtalk_integer_ops).

-export(['**'/2, bitShift/2, timesRepeat/2, to_do/3, to_by_do/4]).

-define(MAX_BITS, (1 bsl 20)).

%% @doc Power, rounded to an integer. Also what the operator means for floats.
-spec '**'(term(), term()) -> integer().
'**'(Base, Exponent) when is_integer(Base), is_integer(Exponent), Exponent >= 0 ->
    ok = fits(Base, Exponent),
    power(Base, Exponent, 1);
'**'(0, Exponent) when is_integer(Exponent) ->
    erlang:error(badarith);
'**'(Base, Exponent) when is_integer(Base), is_integer(Exponent), abs(Base) > 2 ->
    0;
'**'(Base, Exponent) when is_number(Base), is_number(Exponent) ->
    round(math:pow(Base, Exponent));
'**'(_, _) ->
    erlang:error(badarith).

power(_, 0, Acc) -> Acc;
power(Base, 1, Acc) -> Base * Acc;
power(Base, N, Acc) when N band 1 =:= 1 -> power(Base * Base, N bsr 1, Acc * Base);
power(Base, N, Acc) -> power(Base * Base, N bsr 1, Acc).

fits(Base, _) when Base >= -1, Base =< 1 -> ok;
fits(Base, Exponent) ->
    case (bits(abs(Base)) - 1) * Exponent =< ?MAX_BITS of
        true -> ok;
        false -> erlang:error(system_limit)
    end.

bits(N) ->
    Bytes = binary:encode_unsigned(N),
    First = binary:first(Bytes),
    (byte_size(Bytes) - 1) * 8 + length(integer_to_list(First, 2)).

%% @doc To the left, for a negative count to the right.
-spec bitShift(integer(), term()) -> integer().
bitShift(N, Count) when is_integer(Count), Count > ?MAX_BITS, N =/= 0 -> erlang:error(system_limit);
bitShift(0, Count) when is_integer(Count) -> 0;
bitShift(N, Count) -> N bsl Count.

%%% Loops, reached by sends that were not inlined.

-spec timesRepeat(integer(), term()) -> nil.
timesRepeat(Count, Block) ->
    ok = beamtalk_collection_ops:block(Block, 0, 'Integer', 'timesRepeat:'),
    times(Count, Block).

times(Count, Block) when Count > 0 ->
    _ = Block(),
    times(Count - 1, Block);
times(_, _) ->
    nil.

-spec to_do(number(), term(), term()) -> nil.
to_do(Start, End, Block) ->
    ok = beamtalk_collection_ops:block(Block, 1, 'Integer', 'to:do:'),
    ok = number(End),
    up(Start, End, 1, Block).

-spec to_by_do(number(), term(), term(), term()) -> nil.
to_by_do(Start, End, Step, Block) ->
    ok = beamtalk_collection_ops:block(Block, 1, 'Integer', 'to:by:do:'),
    ok = number(End),
    ok = number(Step),
    if
        Step > 0 -> up(Start, End, Step, Block);
        Step < 0 -> down(Start, End, Step, Block);
        true -> nil
    end.

%% Comparing another term would never end the loop.
number(N) when is_number(N) -> ok;
number(_) -> erlang:error(badarith).

up(I, End, Step, Block) when I =< End ->
    _ = Block(I),
    up(I + Step, End, Step, Block);
up(_, _, _, _) ->
    nil.

down(I, End, Step, Block) when I >= End ->
    _ = Block(I),
    down(I + Step, End, Step, Block);
down(_, _, _, _) ->
    nil.
