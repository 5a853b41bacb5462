%%% @doc What the comments of a site refer to: the answers pages need to make links, and what is wrong with the references. Pure.
%%%
%%% A class in a code span is linked if the site has it and stays plain code otherwise, for comments name many things. `Class>>selector' of a
%%% class of the site is a promise: without such a method it is a broken link. So is a link whose address is no page.
-module(beamtalk_site_references).

-export([context/3, problems/1, judged/3, links/1]).

-export_type([problem/0]).

-type problem() :: {Path :: binary(), Line :: pos_integer(), Text :: binary()}.

%% @doc For a page at `Base' (what leads to the root of the site). `Own' is the class of the page: it is not linked to itself.
-spec context(string(), binary() | none, beamtalk_site_model:model()) -> beamtalk_site_html:context().
context(Base, Own, Model) ->
    Links = fun(Name) -> class_link(Name, Base, Own, Model) end,
    #{
        code => fun(Code) -> code_link(Code, Base, Own, Model) end,
        link => fun(Target) -> link(Target, Base, Own, Model) end,
        links => Links,
        highlight => fun(Source) -> beamtalk_site_highlight:html(Source, Links) end
    }.

class_link(Own, _, Own, _) -> none;
class_link(Name, Base, _, Model) -> based(beamtalk_site_model:resolve({class, Name}, Model), Base).

code_link(Code, Base, Own, Model) ->
    case beamtalk_site_names:reference(Code) of
        {class, Class} -> class_link(Class, Base, Own, Model);
        {method, _, _, _} = Method -> based(beamtalk_site_model:resolve(Method, Model), Base);
        none -> expression_link(beamtalk_site_names:expression_reference(Code), Base, Model)
    end.

expression_link(none, _, _) ->
    none;
expression_link({Class, Selector}, Base, Model) ->
    case [Path || Side <- [class, instance], {ok, Path} <- [beamtalk_site_model:resolve({method, Class, Side, Selector}, Model)]] of
        [Path | _] -> based({ok, Path}, Base);
        [] -> none
    end.

%% A path is relative to the page of the class and a link nowhere else; the check of the finished pages follows it.
link(Target, Base, Own, Model) ->
    case beamtalk_site_names:reference(Target) of
        none when Own =:= none -> none;
        none -> {ok, Target};
        Reference -> based(beamtalk_site_model:resolve(Reference, Model), Base)
    end.

based({ok, Path}, Base) -> {ok, [Base, Path]};
based({error, _}, _) -> none.

%% @doc References of comments to what is not there.
-spec problems(beamtalk_site_model:model()) -> [problem()].
problems(Model) ->
    [
        {Path, Line, Text}
     || {#{path := Path}, Line, Kind, Target} <- references(Model), {broken, Text} <- [judged(Kind, Target, Model)]
    ].

%% @doc One reference: what is wrong with it, if it is one to a class or method.
-spec judged(code | link, Target :: binary(), beamtalk_site_model:model()) -> fine | {broken, Text :: binary()}.
judged(Kind, Target, Model) ->
    Reference = beamtalk_site_names:reference(Target),
    case Reference =/= none andalso beamtalk_site_model:resolve(Reference, Model) of
        {error, no_method} ->
            {method, Class, Side, Selector} = Reference,
            {broken, iolist_to_binary([$`, Target, "`: ", Class, [" class" || Side =:= class], " has no method ", Selector])};
        {error, no_class} when Kind =:= link ->
            {broken, iolist_to_binary([$`, Target, "`: there is no such class"])};
        _ ->
            fine
    end.

%% @doc Links to paths, with the class on whose page they stand: where a broken one comes from.
-spec links(beamtalk_site_model:model()) -> [{beamtalk_site_model:class(), pos_integer(), Target :: binary()}].
links(Model) ->
    [
        {Class, Line, Target}
     || {Class, Line, link, Target} <- references(Model),
        beamtalk_site_html:link_kind(Target) =:= inside,
        beamtalk_site_names:reference(Target) =:= none
    ].

references(Model) ->
    [
        {Class, First + N, Kind, Target}
     || #{doc := Doc, doc_line := DocLine, methods := Methods} = Class <- beamtalk_site_model:classes(Model),
        {First, Blocks} <- [{DocLine, Doc} | [{Line, Text} || #{doc := Text, doc_line := Line} <- Methods]],
        {N, Kind, Target} <- beamtalk_site_markdown:references(Blocks)
    ].
