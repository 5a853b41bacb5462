%%% @doc What a site is about: classes with their places in the tree, their methods under headings, what they inherit. Pure.
%%%
%%% Made once from the sources; pages, search index and link checks ask here, so that they agree. The order of everything is fixed by the
%%% sources: no map is walked unsorted.
-module(beamtalk_site_model).

-export([new/1, class/2, classes/1, find/3, ancestors/2, subclasses/2, roots/1, inherited/3, overridden/4, resolve/2, categories/1]).

-export_type([model/0, class/0, method/0, unit/0]).

%% A source file with what the compiler says about its class.
-type unit() :: #{
    info := map(),
    source := binary(),
    %% As pages show it, and as the user can open it.
    shown := binary(),
    path := binary(),
    category := binary(),
    origin := own | library
}.
-type class() :: #{
    name := binary(), superclass := binary() | none, kind := atom(), modifiers := [atom()], fields := [map()], class_fields := [map()],
    doc := [beamtalk_site_markdown:block()], doc_line := pos_integer(), line := pos_integer(), methods := [method()],
    source := binary(), shown := binary(), path := binary(), category := binary(), origin := own | library, stem := binary()
}.
-type method() :: #{
    selector := binary(), side := beamtalk_site_names:side(), signature := binary(), sealed := boolean(), protocol := binary(),
    doc := [beamtalk_site_markdown:block()], doc_line := pos_integer(), line := pos_integer()
}.
-opaque model() :: #{classes := #{binary() => class()}, subclasses := #{binary() => [binary()]}}.

-spec new([unit()]) -> model().
new(Units) ->
    Classes = with_stems([class_of(Unit) || Unit <- Units]),
    Below = lists:foldr(
        fun(#{name := Name, superclass := Super}, Acc) -> maps:update_with(Super, fun(Names) -> [Name | Names] end, [Name], Acc) end, #{}, Classes
    ),
    #{classes => maps:from_list([{Name, Class} || #{name := Name} = Class <- Classes]), subclasses => Below}.

class_of(#{info := Info, source := Source} = Unit) ->
    #{name := Name, superclass := Super, methods := Methods} = Info,
    Lines = list_to_tuple(binary:split(Source, <<"\n">>, [global])),
    Line = class_line(Name, Lines),
    Headings = headings(Lines, Line),
    (maps:with([source, shown, path, category, origin], Unit))#{
        name => Name,
        superclass => superclass(Super),
        kind => maps:get(kind, Info),
        modifiers => maps:get(modifiers, Info),
        fields => maps:get(fields, Info),
        class_fields => maps:get(class_fields, Info),
        doc => parsed(maps:get(doc, Info)),
        doc_line => doc_line(Line, Lines),
        line => Line,
        methods => last_of_each([method(Method, Source, Lines, Headings) || Method <- Methods])
    }.

superclass(Super) when is_binary(Super), Super =/= <<"none">> -> Super;
superclass(_) -> none.

parsed(Doc) when is_binary(Doc) -> beamtalk_site_markdown:parse(Doc);
parsed(_) -> [].

method(#{selector := Selector, side := Side, signature := Signature, sealed := Sealed, doc := Doc, start := Start}, Source, Lines, Headings) ->
    Line = 1 + length(binary:matches(Source, <<"\n">>, [{scope, {0, min(Start, byte_size(Source))}}])),
    #{
        selector => Selector,
        side => Side,
        signature => Signature,
        sealed => Sealed,
        protocol => heading(Line, Headings),
        doc => parsed(Doc),
        doc_line => doc_line(Line, Lines),
        line => Line
    }.

%% A method written `Class >> selector' behind the class replaces the one in it.
last_of_each(Methods) ->
    Last = maps:from_list([{{Side, Selector}, Line} || #{side := Side, selector := Selector, line := Line} <- Methods]),
    [Method || #{side := Side, selector := Selector, line := Line} = Method <- Methods, map_get({Side, Selector}, Last) =:= Line].

%%% Lines of a source

class_line(Name, Lines) ->
    Pattern = ["^(?! *//).*subclass: *", Name, "(?![A-Za-z0-9_])"],
    case [N || N <- lists:seq(1, tuple_size(Lines)), re:run(element(N, Lines), Pattern, [{capture, none}]) =:= match] of
        [First | _] -> First;
        [] -> 1
    end.

%% The line of the source where the doc comment above a declaration begins.
doc_line(Line, Lines) when Line > 1 ->
    case string:trim(element(Line - 1, Lines), leading, " \t") of
        <<"///", _/binary>> -> doc_line(Line - 1, Lines);
        _ -> Line
    end;
doc_line(Line, _) ->
    Line.

%% Short comments that stand alone between methods tell what the methods below have in common: `// accessing'.
headings(Lines, From) ->
    Line = fun(N) when N > tuple_size(Lines) -> <<>>; (N) -> string:trim(element(N, Lines), both, " \t\r") end,
    [
        {N, Text}
     || N <- lists:seq(From + 1, tuple_size(Lines)),
        Line(N - 1) =:= <<>>,
        Line(N + 1) =:= <<>>,
        {match, [Text]} <- [re:run(Line(N), "^// ?([^/ ].{0,47})(?<![.:;,])$", [{capture, all_but_first, binary}])]
    ].

heading(Line, Headings) ->
    case [Text || {N, Text} <- Headings, N < Line] of
        [] -> <<>>;
        Before -> lists:last(Before)
    end.

%% Files of some systems do not tell `URL.html' from `Url.html'.
with_stems(Classes) ->
    {Named, _} = lists:mapfoldl(
        fun(#{name := Name} = Class, Taken) ->
            Lower = string:lowercase(Name),
            N = maps:get(Lower, Taken, 0),
            Stem = [Name, [["-", integer_to_binary(N + 1)] || N > 0]],
            {Class#{stem => iolist_to_binary(Stem)}, Taken#{Lower => N + 1}}
        end,
        #{},
        lists:sort(fun(#{name := A}, #{name := B}) -> A =< B end, Classes)
    ),
    Named.

%%% Questions

-spec class(binary(), model()) -> {ok, class()} | error.
class(Name, #{classes := Classes}) ->
    maps:find(Name, Classes).

%% @doc All classes by name.
-spec classes(model()) -> [class()].
classes(#{classes := Classes}) ->
    [Class || {_, Class} <- lists:sort(maps:to_list(Classes))].

%% @doc The own method of a class.
-spec find(class(), beamtalk_site_names:side(), binary()) -> {ok, method()} | error.
find(#{methods := Methods}, Side, Selector) ->
    case [M || #{side := S, selector := Own} = M <- Methods, S =:= Side, Own =:= Selector] of
        [Method | _] -> {ok, Method};
        [] -> error
    end.

%% @doc The classes above, the nearest first, as far as they are known; a circle ends where it closes.
-spec ancestors(class(), model()) -> [class()].
ancestors(#{name := Name} = Class, Model) ->
    ancestors(Class, [Name], Model).

ancestors(#{superclass := Super}, Seen, #{classes := Classes} = Model) ->
    case Classes of
        #{Super := Class} ->
            case lists:member(Super, Seen) of
                true -> [];
                false -> [Class | ancestors(Class, [Super | Seen], Model)]
            end;
        #{} ->
            []
    end.

%% @doc The classes directly below, by name.
-spec subclasses(class(), model()) -> [class()].
subclasses(#{name := Name}, #{subclasses := Below, classes := Classes}) ->
    [map_get(Sub, Classes) || Sub <- lists:sort(maps:get(Name, Below, []))].

%% @doc The classes without a known superclass.
-spec roots(model()) -> [class()].
roots(Model) ->
    [Class || #{superclass := Super} = Class <- classes(Model), class(Super, Model) =:= error].

%% @doc What a class has from each ancestor and does not define itself, the nearest first.
-spec inherited(class(), beamtalk_site_names:side(), model()) -> [{class(), [method()]}].
inherited(Class, Side, Model) ->
    {Groups, _} = lists:mapfoldl(
        fun(Ancestor, Seen) ->
            New = [M || #{selector := Selector} = M <- own(Ancestor, Side), not is_map_key(Selector, Seen)],
            {{Ancestor, New}, maps:merge(Seen, selectors(New))}
        end,
        selectors(own(Class, Side)),
        ancestors(Class, Model)
    ),
    [Group || {_, [_ | _]} = Group <- Groups].

own(#{methods := Methods}, Side) ->
    lists:sort(fun(#{selector := A}, #{selector := B}) -> A =< B end, [M || #{side := S} = M <- Methods, S =:= Side]).

selectors(Methods) ->
    maps:from_list([{Selector, true} || #{selector := Selector} <- Methods]).

%% @doc The nearest ancestor that has the method too.
-spec overridden(class(), beamtalk_site_names:side(), binary(), model()) -> {ok, class()} | none.
overridden(Class, Side, Selector, Model) ->
    case [Ancestor || Ancestor <- ancestors(Class, Model), find(Ancestor, Side, Selector) =/= error] of
        [Nearest | _] -> {ok, Nearest};
        [] -> none
    end.

%% @doc The page, with anchor, of what a comment refers to.
-spec resolve(beamtalk_site_names:target(), model()) -> {ok, Path :: binary()} | {error, no_class | no_method}.
resolve({class, Name}, Model) ->
    case class(Name, Model) of
        {ok, #{stem := Stem}} -> {ok, beamtalk_site_names:class_page(Stem)};
        error -> {error, no_class}
    end;
resolve({method, Name, Side, Selector}, Model) ->
    case class(Name, Model) of
        {ok, Class} ->
            case [Stem || #{stem := Stem} = Holder <- [Class | ancestors(Class, Model)], find(Holder, Side, Selector) =/= error] of
                [Stem | _] -> {ok, <<(beamtalk_site_names:class_page(Stem))/binary, "#", (beamtalk_site_names:anchor(Side, Selector))/binary>>};
                [] -> {error, no_method}
            end;
        error ->
            {error, no_class}
    end.

%% @doc The classes of each category, the project's before the library's.
-spec categories(model()) -> [{own | library, binary(), [class()]}].
categories(Model) ->
    Keys = lists:usort([{rank(Origin), Origin, Category} || #{origin := Origin, category := Category} <- classes(Model)]),
    [{Origin, Category, [C || #{origin := O, category := In} = C <- classes(Model), O =:= Origin, In =:= Category]} || {_, Origin, Category} <- Keys].

rank(own) -> 0;
rank(library) -> 1.
