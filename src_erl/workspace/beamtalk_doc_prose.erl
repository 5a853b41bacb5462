%%% @doc The Markdown files of a documentation site: those below a directory, and what the site begins with.
%%%
%%% That is `index.md' or `README.md' of the directory, or else the `README.md' beside it.
-module(beamtalk_doc_prose).

-export([read/2]).

-define(NAME, "^[A-Za-z0-9_-]+$").

%% @doc `Output' is left out: it may lie below the directory. Errors are texts for people.
-spec read(file:filename(), Output :: file:filename()) -> {ok, beamtalk_site_prose:prose()} | {error, [unicode:chardata()]}.
read(Dir, Output) ->
    Below = below(Dir, [], canonical(Output)),
    Landing = first([F || Name <- ["index.md", "README.md"], {_, F} <- Below, filename:join(Dir, Name) =:= F] ++ beside(Dir)),
    Pages = [{page_of(Parts), File} || {Parts, File} <- Below, [File] =/= Landing],
    Wrong = [["Page '", File, "' needs a name of letters, digits, '-' and '_'"] || {none, File} <- Pages],
    Read = [file(Page, File) || {Page, File} <- [{<<"index.html">>, File} || File <- Landing] ++ Pages, Page =/= none],
    case Wrong ++ [Text || {error, Text} <- Read] of
        [] -> {ok, beamtalk_site_prose:new([File || {ok, File} <- Read], fun(Path) -> filelib:is_file(Path) end)};
        Texts -> {error, Texts}
    end.

beside(Dir) ->
    File = filename:join(filename:dirname(canonical(Dir)), "README.md"),
    [File || filelib:is_regular(File)].

first([One | _]) -> [One];
first([]) -> [].

%% In the order of their names, those of a directory before the ones below it.
below(Dir, Above, Output) ->
    Names =
        case file:list_dir(Dir) of
            {ok, All} -> [{Name, filename:join(Dir, Name)} || Name <- lists:sort(All), hd(Name) =/= $., Name =/= "_build"];
            {error, _} -> []
        end,
    Pages = [{filename:rootname(Name), File} || {Name, File} <- Names, filename:extension(Name) =:= ".md", filelib:is_regular(File)],
    Files = [{lists:reverse([Stem | Above]), File} || {Stem, File} <- Pages],
    Folders = [{Name, Folder} || {Name, Folder} <- Names, not is_link(Folder), filelib:is_dir(Folder), canonical(Folder) =/= Output],
    Files ++ lists:append([below(Folder, [Name | Above], Output) || {Name, Folder} <- Folders]).

is_link(Path) ->
    case file:read_link(Path) of
        {ok, _} -> true;
        {error, _} -> false
    end.

page_of(Parts) ->
    case lists:all(fun(Part) -> re:run(Part, ?NAME, [unicode, dollar_endonly, {capture, none}]) =:= match end, Parts) of
        true -> unicode:characters_to_binary(["pages/", lists:join($/, Parts), ".html"]);
        false -> none
    end.

file(Page, File) ->
    case file:read_file(File) of
        {ok, Text} ->
            case unicode:characters_to_binary(Text) of
                Text -> {ok, #{file => text(canonical(File)), path => text(beamtalk_doc_sources:shortest(File)), page => Page, text => lines(Text)}};
                _ -> {error, ["Page '", File, "' is not valid UTF-8"]}
            end;
        {error, Reason} ->
            {error, ["Cannot read '", File, "': ", file:format_error(Reason)]}
    end.

lines(Text) ->
    binary:replace(Text, <<"\r">>, <<>>, [global]).

canonical(Path) ->
    beamtalk_stdlib:without_dots(filename:absname(Path)).

text(Chars) ->
    unicode:characters_to_binary(Chars).
