%%% @doc Primitives of Random, and `atRandom' of the sequences.
%%%
%%% An instance holds the exported state of a generator, which is plain data. The class side uses the generator of the calling process.
-module(beamtalk_random_ops).

-include("beamtalk.hrl").

-export([new/1, seed/2, next/1, nextInteger/2, printString/1, element/2]).

-define(ALGORITHM, exsss).

-spec new(term()) -> map().
new(_Class) ->
    random(rand:seed_s(?ALGORITHM)).

-spec seed(term(), term()) -> map().
seed(_Class, Number) when is_integer(Number) ->
    random(rand:seed_s(?ALGORITHM, Number band ((1 bsl 64) - 1)));
seed(_Class, Other) ->
    beamtalk_collection_ops:type_error('Random', 'seed:', "an Integer", Other).

random(State) ->
    #{?BT_TAG => 'Random', generator => rand:export_seed_s(State)}.

%% @doc Instance and class side.
-spec next(term()) -> float().
next(#{?BT_TAG := 'Random', generator := Seed}) ->
    {Value, _} = rand:uniform_s(rand:seed_s(Seed)),
    Value;
next(_Class) ->
    rand:uniform().

%% @doc Instance and class side.
-spec nextInteger(term(), term()) -> pos_integer().
nextInteger(#{?BT_TAG := 'Random', generator := Seed}, Max) when is_integer(Max), Max >= 1 ->
    {Value, _} = rand:uniform_s(Max, rand:seed_s(Seed)),
    Value;
nextInteger(_Class, Max) when is_integer(Max), Max >= 1 ->
    rand:uniform(Max);
nextInteger(_, Max) ->
    beamtalk_collection_ops:type_error('Random', 'nextInteger:', "a positive Integer", Max).

-spec printString(term()) -> binary().
printString(_) ->
    <<"a Random">>.

%% @doc An element of a list picked by chance, for a collection of the class.
-spec element(atom(), list()) -> term().
element(Class, []) ->
    beamtalk_error:raise(type_error, Class, atRandom, "Cannot select random element from empty collection");
element(_, List) ->
    lists:nth(rand:uniform(length(List)), List).
