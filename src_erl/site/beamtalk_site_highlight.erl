%%% @doc Code with its tokens marked, as elements. The scanner of the compiler finds the tokens, so that pages need no script for it and
%%% never disagree with the language.
-module(beamtalk_site_highlight).

-export([html/2, signature/3, tokens/1]).

-export_type([links/0]).

-type links() :: fun((ClassName :: binary()) -> {ok, Href :: iodata()} | none).

%% What a token is called in the style sheet; the others are not marked.
-define(MARKS, #{
    keyword => "k", integer => "n", float => "n", character => "s", string => "s", symbol => "y", pragma => "p", expect => "p",
    operator => "o", assign => "o", caret => "o", 'fat-arrow' => "o", comment => "c", result => "r", reserved => "v", class => "t"
}).

%% @doc The code as elements; names of classes are linked where the caller knows them.
-spec html(binary(), links()) -> iodata().
html(Source, Links) ->
    [element(Kind, Text, Links) || {Kind, Text} <- tokens(Source)].

element(class, Text, Links) ->
    case Links(Text) of
        {ok, Href} -> ["<a class=\"t\" href=\"", beamtalk_site_html:attribute(Href), "\">", beamtalk_site_html:escape(Text), "</a>"];
        none -> marked("t", Text)
    end;
element(Kind, Text, _) ->
    case ?MARKS of
        #{Kind := Mark} -> marked(Mark, Text);
        #{} -> beamtalk_site_html:escape(Text)
    end.

%% An element ends with its line: a page shows sources line by line.
marked(Mark, Text) ->
    lists:join($\n, [["<span class=\"", Mark, "\">", beamtalk_site_html:escape(Line), "</span>"] || Line <- binary:split(Text, <<"\n">>, [global])]).

%% @doc A header of a method: the parts of its selector stand out. The scanner takes `index:' before a type for a keyword as well.
-spec signature(binary(), Selector :: binary(), links()) -> iodata().
signature(Signature, Selector, Links) ->
    Size = byte_size(Selector),
    case {binary:last(Selector), Signature} of
        {$:, _} -> header(tokens(Signature), [<<Part/binary, ":">> || Part <- binary:split(Selector, <<":">>, [global, trim_all])], Links);
        {_, <<Selector:Size/binary, Rest/binary>>} -> [marked("k", Selector), header(tokens(Rest), [], Links)];
        _ -> html(Signature, Links)
    end.

header([{keyword, Part} | Tokens], [Part | Parts], Links) ->
    {Blanks, Rest} = lists:splitwith(fun({Kind, _}) -> Kind =:= plain end, Tokens),
    [marked("k", Part), [Text || {_, Text} <- Blanks], parameter(Rest, Parts, Links)];
header([{keyword, Name} | Tokens], Parts, Links) ->
    [Name | header(Tokens, Parts, Links)];
header([{Kind, Text} | Tokens], Parts, Links) ->
    [element(Kind, Text, Links) | header(Tokens, Parts, Links)];
header([], _, _) ->
    [].

%% A parameter may be called like the next part.
parameter([{_, Name} | Tokens], Parts, Links) -> [beamtalk_site_html:escape(Name) | header(Tokens, Parts, Links)];
parameter([], _, _) -> [].

%% @doc Every byte of the text in exactly one piece. What the compiler refuses to look at is one plain piece.
-spec tokens(binary()) -> [{Kind :: atom(), binary()}].
tokens(Source) ->
    case beamtalk_compiler:show(tokens, Source, #{mode => expression}) of
        {ok, #{text := Listing}} -> pieces(binary:split(Listing, <<"\n">>, [global, trim_all]), Source);
        {error, _} -> [{plain, Source}]
    end.

%% `0..6 identifier "sealed"': only range and kind are taken from the listing.
pieces(Lines, Source) ->
    lists:append([piece(kind(Kind), part(Range, Source)) || Line <- Lines, [Range, Kind | _] <- [binary:split(Line, <<" ">>, [global])]]).

part(Range, Source) ->
    [Start, End] = [binary_to_integer(N) || N <- binary:split(Range, <<"..">>)],
    binary:part(Source, Start, End - Start).

%% The scanner's names; a set of the compiler's, so no new atoms.
kind(Name) ->
    try
        binary_to_existing_atom(Name)
    catch
        error:badarg -> plain
    end.

piece(_, <<>>) -> [];
piece(trivia, Text) -> comments(Text);
piece(identifier, <<C, _/binary>> = Text) when C >= $A, C =< $Z -> [{class, Text}];
piece(identifier, Text) -> [{word(Text), Text}];
piece(Kind, Text) -> [{Kind, Text}].

word(Text) ->
    case lists:member(Text, [<<"self">>, <<"super">>, <<"true">>, <<"false">>, <<"nil">>]) of
        true -> reserved;
        false -> identifier
    end.

%% Between tokens there are blanks and comments.
comments(Text) ->
    case binary:match(Text, [<<"//">>, <<"/*">>]) of
        nomatch ->
            [{plain, Text}];
        {At, 2} ->
            <<Blanks:At/binary, Comment/binary>> = Text,
            Size = comment_size(Comment),
            <<Taken:Size/binary, Rest/binary>> = Comment,
            [{plain, Blanks} || At > 0] ++ [{comment_kind(Taken), Taken}] ++ [Piece || Rest =/= <<>>, Piece <- comments(Rest)]
    end.

comment_size(<<"//", _/binary>> = Text) -> before(Text, <<"\n">>, 0);
comment_size(Text) -> before(Text, <<"*/">>, 2).

before(Text, Mark, More) ->
    case binary:match(Text, Mark) of
        {At, _} -> At + More;
        nomatch -> byte_size(Text)
    end.

comment_kind(<<"// =>", _/binary>>) -> result;
comment_kind(_) -> comment.
