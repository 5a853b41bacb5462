%%% @doc Expectations of test scripts: what stands behind `// =>', and whether a text fulfils it. Pure.
-module(beamtalk_expectation).

-export([parse/1, matches/2]).

-export_type([expectation/0]).

-type expectation() ::
    {value, binary()}
    %% A kind in expression tests, a part of the text elsewhere; may be empty.
    | {error, binary()}
    | {warning, binary()}.

-spec parse(binary()) -> expectation().
parse(Text) ->
    case string:trim(Text) of
        <<"ERROR:", Rest/binary>> -> {error, string:trim(Rest)};
        <<"WARNING:", Rest/binary>> -> {warning, string:trim(Rest)};
        Value -> {value, Value}
    end.

%% @doc Does the text equal the pattern, where `_' stands for any run of characters?
%%
%% An underscore with an ASCII letter or digit on both sides is an ordinary character.
-spec matches(Pattern :: binary(), Text :: binary()) -> boolean().
matches(Pattern, Pattern) ->
    true;
matches(Pattern, Text) ->
    case pieces(Pattern) of
        [_] -> false;
        [First | Rest] -> starts(First, Text, Rest)
    end.

starts(First, Text, Rest) ->
    Size = byte_size(First),
    case Text of
        <<First:Size/binary, Remaining/binary>> -> in_order(Rest, Remaining);
        _ -> false
    end.

in_order([Last], Text) ->
    Skip = byte_size(Text) - byte_size(Last),
    Skip >= 0 andalso binary:part(Text, Skip, byte_size(Last)) =:= Last;
in_order([<<>> | Rest], Text) ->
    in_order(Rest, Text);
in_order([Piece | Rest], Text) ->
    case binary:match(Text, Piece) of
        {At, Size} -> in_order(Rest, binary:part(Text, At + Size, byte_size(Text) - At - Size));
        nomatch -> false
    end.

%% The pattern split at its wildcards.
pieces(Pattern) ->
    pieces(Pattern, none, <<>>, []).

pieces(<<$_, Rest/binary>>, Before, Piece, Done) ->
    case is_word(Before) andalso is_word(first(Rest)) of
        true -> pieces(Rest, $_, <<Piece/binary, $_>>, Done);
        false -> pieces(Rest, $_, <<>>, [Piece | Done])
    end;
pieces(<<C, Rest/binary>>, _, Piece, Done) ->
    pieces(Rest, C, <<Piece/binary, C>>, Done);
pieces(<<>>, _, Piece, Done) ->
    lists:reverse([Piece | Done]).

first(<<C, _/binary>>) -> C;
first(<<>>) -> none.

is_word(C) when C >= $a, C =< $z; C >= $A, C =< $Z; C >= $0, C =< $9 -> true;
is_word(_) -> false.
