%%% @doc The pages of a site that are written by hand: Markdown files, their titles and anchors, and where their links lead. Pure.
%%%
%%% A link follows the files it was written between: to another page, or to a place of one. To a file that is there but is no page of the site it
%%% is plain text, to one that is not there it is broken. Classes and methods are linked as in comments.
-module(beamtalk_site_prose).

-export([new/2, pages/1, landing/1, page/2, problems/2]).

-export_type([file/0, prose/0, page/0]).

-type file() :: #{
    %% Where it stands, without links and dots: the key of links.
    file := binary(),
    %% As the user can open it.
    path := binary(),
    %% Its page in the site.
    page := binary(),
    text := binary()
}.
-type page() :: #{
    file := binary(), path := binary(), page := binary(), title := binary(), blocks := [beamtalk_site_markdown:block()],
    %% Its headings with their anchors, in order.
    anchors := [binary()]
}.
-opaque prose() :: #{pages := [page()], by_file := #{binary() => page()}, exists := fun((binary()) -> boolean())}.

-define(LANDING, <<"index.html">>).

%% @doc `Exists': is there a file or directory of this name, page or not?
-spec new([file()], fun((binary()) -> boolean())) -> prose().
new(Files, Exists) ->
    Pages = [parsed(File) || File <- Files],
    #{pages => Pages, by_file => maps:from_list([{File, Page} || #{file := File} = Page <- Pages]), exists => Exists}.

parsed(#{text := Text, page := Page} = File) ->
    Blocks = beamtalk_site_markdown:parse(Text),
    Found = maps:with([file, path, page], File),
    Found#{title => title(Blocks, Page), blocks => Blocks, anchors => anchors([Inlines || {heading, _, Inlines} <- Blocks])}.

title([{heading, 1, Inlines} | _], _) -> beamtalk_site_markdown:plain(Inlines);
title([_ | Blocks], Page) -> title(Blocks, Page);
title([], Page) -> filename:basename(Page, <<".html">>).

%% As they are written in links: small letters, blanks as dashes, no other signs; what is there twice gets a number.
anchors(Headings) ->
    {Anchors, _} = lists:mapfoldl(
        fun(Inlines, Seen) ->
            Slug = slug(beamtalk_site_markdown:plain(Inlines)),
            case Seen of
                #{Slug := N} -> {<<Slug/binary, $-, (integer_to_binary(N))/binary>>, Seen#{Slug := N + 1}};
                #{} -> {Slug, Seen#{Slug => 1}}
            end
        end,
        #{},
        Headings
    ),
    Anchors.

slug(Title) ->
    Kept = re:replace(string:lowercase(Title), "[^\\p{L}\\p{N} _-]", "", [global, unicode, {return, binary}]),
    binary:replace(Kept, <<" ">>, <<"-">>, [global]).

%% Ids of their own: pages have others. In links they are written with percent signs, which the check of the finished pages takes back.
id(Slug) -> <<"h.", Slug/binary>>.

%% @doc The pages that are listed: all but the landing page.
-spec pages(prose()) -> [page()].
pages(#{pages := Pages}) ->
    [Page || #{page := Name} = Page <- Pages, Name =/= ?LANDING].

-spec landing(prose()) -> {ok, page()} | none.
landing(#{pages := Pages}) ->
    case [Page || #{page := ?LANDING} = Page <- Pages] of
        [Page] -> {ok, Page};
        [] -> none
    end.

%%% Pages

-spec page(page(), beamtalk_site_layout:site()) -> iodata().
page(#{title := Title, blocks := Blocks, anchors := Anchors, page := Page} = Own, #{model := Model, prose := Prose} = Site) ->
    Base = base(Page),
    Link = fun(Target) ->
        case resolve(Target, Own, Prose, Model) of
            {page, Href} -> {ok, [Base, Href]};
            _ -> none
        end
    end,
    Context = (beamtalk_site_references:context(Base, none, Model))#{link := Link, unnamed => text},
    Main = ["<div class=\"prose\">\n", elements(Blocks, Anchors, Context), "</div>\n"],
    Summary = beamtalk_site_markdown:plain(beamtalk_site_markdown:summary(Blocks)),
    beamtalk_site_layout:page(#{title => Title, description => [Title, ": ", Summary], base => Base, current => {page, Page}}, Main, Site).

base(Page) ->
    lists:append(lists:duplicate(length(binary:matches(Page, <<"/">>)), "../")).

elements([{heading, Level, Inlines} | Blocks], [Anchor | Anchors], Context) ->
    Tag = [$h, integer_to_list(Level)],
    [
        [$<, Tag, " id=\"", beamtalk_site_html:attribute(id(Anchor)), "\">", beamtalk_site_html:inlines(Inlines, Context), "</", Tag, ">\n"]
        | elements(Blocks, Anchors, Context)
    ];
elements([Block | Blocks], Anchors, Context) ->
    [beamtalk_site_html:blocks([Block], Context) | elements(Blocks, Anchors, Context)];
elements([], [], _) ->
    [].

%%% Links

%% `plain': there is such a file, but no page.
resolve(Target, #{file := File} = Own, #{by_file := Pages, exists := Exists}, Model) ->
    case beamtalk_site_names:reference(Target) of
        none ->
            [Address | Fragment] = binary:split(Target, <<"#">>),
            Full = joined(File, decoded(Address)),
            case {Address, Pages} of
                {<<>>, _} -> place(Own, Fragment);
                {_, #{Full := Page}} -> place(Page, Fragment);
                _ ->
                    case Exists(Full) of
                        true -> plain;
                        false -> {error, "there is no such page or file"}
                    end
            end;
        Reference ->
            case beamtalk_site_model:resolve(Reference, Model) of
                {ok, Path} -> {page, Path};
                %% Told by `beamtalk_site_references'.
                {error, _} -> plain
            end
    end.

place(#{page := Page}, Fragment) when Fragment =:= []; Fragment =:= [<<>>] ->
    {page, Page};
place(#{page := Page, anchors := Anchors}, [Fragment]) ->
    case lists:member(decoded(Fragment), Anchors) of
        true -> {page, [Page, $#, uri_string:quote(id(decoded(Fragment)))]};
        false -> {error, "the page has no such heading"}
    end.

joined(File, Address) ->
    Parts = filename:split(filename:dirname(File)) ++ filename:split(Address),
    filename:join(lists:reverse(lists:foldl(fun above/2, [], Parts))).

above(<<".">>, Parts) -> Parts;
above(<<"..">>, [_, Part | Parts]) -> [Part | Parts];
above(<<"..">>, Parts) -> Parts;
above(Part, Parts) -> [Part | Parts].

decoded(Text) ->
    case uri_string:percent_decode(Text) of
        Decoded when is_binary(Decoded) -> Decoded;
        _ -> Text
    end.

%% @doc Links to what is not there.
-spec problems(prose(), beamtalk_site_model:model()) -> [beamtalk_site_references:problem()].
problems(#{pages := Pages} = Prose, Model) ->
    lists:usort([
        {Path, 1 + N, Text}
     || #{path := Path, blocks := Blocks} = Page <- Pages,
        {N, Kind, Target} <- beamtalk_site_markdown:references(Blocks),
        Text <- no_class(Kind, Target, Page, Prose, Model) ++ broken(Kind, Target, Page, Prose, Model)
    ]).

%% A link to `LICENSE' looks like one to a class.
no_class(Kind, Target, #{file := File}, #{exists := Exists}, Model) ->
    case beamtalk_site_references:judged(Kind, Target, Model) of
        {broken, Text} -> [Text || Kind =:= code orelse not Exists(joined(File, Target))];
        fine -> []
    end.

broken(link, Target, Page, Prose, Model) ->
    Inside = beamtalk_site_html:link_kind(Target) =:= inside,
    [iolist_to_binary([$`, Target, "`: ", Why]) || Inside, {error, Why} <- [resolve(Target, Page, Prose, Model)]];
broken(code, _, _, _, _) ->
    [].
