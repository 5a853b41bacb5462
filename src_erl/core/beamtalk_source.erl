%%% @doc Slices of class source text: definitions and doc comments by their byte ranges.
-module(beamtalk_source).

-export([slice/3, doc/2]).

%% @doc Trimmed text of a byte range; empty for ranges outside the text.
-spec slice(binary(), non_neg_integer(), non_neg_integer()) -> binary().
slice(Source, Start, End) when Start >= 0, End >= Start, End =< byte_size(Source) ->
    string:trim(binary:part(Source, Start, End - Start));
slice(_, _, _) ->
    <<>>.

%% @doc Text of `///' lines: the marker and one blank removed, lines joined, surrounding blank lines trimmed.
-spec doc(binary(), {non_neg_integer(), non_neg_integer()} | nil) -> binary() | nil.
doc(_, nil) ->
    nil;
doc(Source, {Start, End}) ->
    Lines = [comment(string:trim(Line)) || Line <- binary:split(slice(Source, Start, End), <<"\n">>, [global])],
    case string:trim(iolist_to_binary(lists:join($\n, Lines)), both, "\n\r") of
        <<>> -> nil;
        Text -> Text
    end.

comment(<<"/// ", Text/binary>>) -> Text;
comment(<<"///", Text/binary>>) -> Text;
comment(Text) -> Text.
