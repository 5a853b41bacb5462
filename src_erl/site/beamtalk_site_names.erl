%%% @doc Names of things in a site: files, anchors, and how a comment refers to a class or a method. Pure.
-module(beamtalk_site_names).

-export([index_page/1, class_page/1, source_page/1, anchor/2, line_anchor/1, reference/1, expression_reference/1]).

-export_type([side/0, target/0]).

-type side() :: instance | class.
-type target() :: {class, Class :: binary()} | {method, Class :: binary(), side(), Selector :: binary()}.

%% @doc The list of classes; the first page of a site, unless that is a landing page.
-spec index_page(HasLanding :: boolean()) -> binary().
index_page(false) -> <<"index.html">>;
index_page(true) -> <<"classes.html">>.

-spec class_page(Stem :: binary()) -> binary().
class_page(Stem) -> <<"classes/", Stem/binary, ".html">>.

-spec source_page(Stem :: binary()) -> binary().
source_page(Stem) -> <<"source/", Stem/binary, ".html">>.

%% @doc `i.at:put:', `c.new', `i..2b' for `+': what may stand in an address without being quoted.
-spec anchor(side(), Selector :: binary()) -> binary().
anchor(instance, Selector) -> <<"i.", (quoted(Selector))/binary>>;
anchor(class, Selector) -> <<"c.", (quoted(Selector))/binary>>.

quoted(Selector) ->
    <<<<(quoted_byte(C))/binary>> || <<C>> <= Selector>>.

quoted_byte(C) when C >= $a, C =< $z; C >= $A, C =< $Z; C >= $0, C =< $9; C =:= $_; C =:= $: -> <<C>>;
quoted_byte(C) -> iolist_to_binary(io_lib:format(".~2.16.0b", [C])).

-spec line_anchor(pos_integer()) -> binary().
line_anchor(Line) -> <<"L", (integer_to_binary(Line))/binary>>.

%% @doc What a text certainly refers to: `List', `List>>size', `List >> at:', `List class >> new'.
-spec reference(binary()) -> target() | none.
reference(Text) ->
    case matched(Text, "^([A-Z][A-Za-z0-9_]*)( class)? ?>> ?#?([a-z_][A-Za-z0-9_:]*|[-+*/<>=~%&?\\\\,]+)$") of
        [Class, Side, Selector] ->
            {method, Class, side(Side), Selector};
        none ->
            case matched(Text, "^([A-Z][A-Za-z0-9_]*)$") of
                [Class] -> {class, Class};
                none -> none
            end
    end.

%% @doc What may be an expression just as well: `File open:do:', `Exception stackTrace'. The class side comes first.
-spec expression_reference(binary()) -> {Class :: binary(), Selector :: binary()} | none.
expression_reference(Text) ->
    case matched(Text, "^([A-Z][A-Za-z0-9_]*) #?([a-z_][A-Za-z0-9_]*|(?:[a-z_][A-Za-z0-9_]*:)+)$") of
        [Class, Selector] -> {Class, Selector};
        none -> none
    end.

matched(Text, Pattern) ->
    case re:run(Text, Pattern, [dollar_endonly, {capture, all_but_first, binary}]) of
        {match, Parts} -> Parts;
        nomatch -> none
    end.

side(<<>>) -> instance;
side(<<" class">>) -> class.
