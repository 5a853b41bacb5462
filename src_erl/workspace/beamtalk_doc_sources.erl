%%% @doc What `beamtalk doc' documents: the sources of a path, and the library's around them, so that every superclass has a page.
-module(beamtalk_doc_sources).

-include_lib("kernel/include/file.hrl").

-export([read/1, assets/0, shortest/1]).

-export_type([sources/0]).

-type sources() :: #{units := [beamtalk_site_model:unit()], title := binary(), version := binary()}.

-define(ASSETS, ["style.css", "theme.js", "search.js"]).

%% @doc The library, a directory (of a package: its `src'), or one file. Errors are texts for people; all of them are told at once.
-spec read(library | file:filename()) -> {ok, sources()} | {error, [unicode:chardata()]}.
read(library) ->
    case library(own) of
        {ok, Units} -> {ok, #{units => Units, title => <<"Beamtalk library">>, version => beamtalk_cli:release()}};
        {error, _} = Error -> Error
    end;
read(Path) ->
    case {filelib:is_dir(Path), filelib:is_regular(Path), filename:extension(Path)} of
        {true, _, _} -> directory(Path);
        {_, true, ".bt"} -> project([Path], filename:dirname(Path), [], #{title => text(filename:basename(Path, ".bt")), version => <<>>});
        {_, true, _} -> {error, [["File '", Path, "' is not a .bt source file"]]};
        _ -> {error, [["Path '", Path, "' does not exist"]]}
    end.

directory(Path) ->
    case same(Path, library_dir()) of
        true ->
            read(library);
        false ->
            described(beamtalk_manifest:read(Path), Path)
    end.

described({ok, #{name := Name, version := Version} = Manifest}, Path) ->
    case beamtalk_dependencies:resolve(Path, Manifest) of
        {ok, Packages} ->
            Source = beamtalk_project:source_dir(Path),
            project(beamtalk_source_loader:sources_below(Source), Source, Packages, #{title => Name, version => Version});
        {error, Text} ->
            {error, [Text]}
    end;
described({error, none}, Path) ->
    Name = text(filename:basename(beamtalk_stdlib:without_dots(filename:absname(Path)))),
    project(beamtalk_source_loader:sources_below(Path), Path, [], #{title => Name, version => <<>>});
described({error, Text}, _) ->
    {error, [Text]}.

%% One directory, whatever its path looks like. Some systems do not number their files.
same(A, B) ->
    filename:absname(A) =:= filename:absname(B) orelse
        case {file:read_file_info(A), file:read_file_info(B)} of
            {{ok, #file_info{inode = Inode, major_device = Device}}, {ok, #file_info{inode = Inode, major_device = Device}}} -> Inode =/= 0;
            _ -> false
        end.

project([], Dir, _, _) ->
    {error, [["No .bt source files found in '", Dir, "'"]]};
project(Files, Dir, Packages, #{title := Title} = Heading) ->
    Needed = [needed(Package) || Package <- Packages],
    Known = [Info || {ok, Units} <- Needed, #{info := Info} <- Units],
    case {units(Files, Dir, Title, own, Known), units_of(Needed ++ [library(library)])} of
        {{ok, []}, _} -> {error, [["No classes found in '", Dir, "'"]]};
        {{ok, Own}, {ok, Others}} -> {ok, Heading#{units => Own ++ without(Own, Others)}};
        {{error, _} = Error, _} -> Error;
        {_, {error, _} = Error} -> Error
    end.

%% Packages this one needs stand with the library: their classes have pages, so that superclasses and comments lead somewhere.
needed(#{name := Name, dir := Dir}) ->
    Source = beamtalk_project:source_dir(Dir),
    case units(beamtalk_source_loader:sources_below(Source), Source, Name, library, []) of
        {ok, Units} -> {ok, [Unit#{category := Name, shown := text(filename:join(Name, Shown))} || #{shown := Shown} = Unit <- Units]};
        {error, _} = Error -> Error
    end.

units_of(Results) ->
    case lists:append([Texts || {error, Texts} <- Results]) of
        [] -> {ok, lists:append([Units || {ok, Units} <- Results])};
        Texts -> {error, Texts}
    end.

%% A class of the project takes the place of the library's.
without(Own, Library) ->
    Names = [Name || #{info := #{name := Name}} <- Own],
    [Unit || #{info := #{name := Name}} = Unit <- Library, not lists:member(Name, Names)].

library(Origin) ->
    Dir = library_dir(),
    case beamtalk_source_loader:sources_below(Dir) of
        [] -> {error, [["The sources of the library are not in '", Dir, "'"]]};
        Files -> units(Files, Dir, <<"library">>, Origin, [])
    end.

library_dir() ->
    filename:join([beamtalk_stdlib:source_root(), "stdlib", "src"]).

%% @doc Style sheet and scripts.
-spec assets() -> [{binary(), binary()}].
assets() ->
    Dir = filename:join([beamtalk_stdlib:source_root(), "src_erl", "site", "assets"]),
    [{list_to_binary(Name), asset(filename:join(Dir, Name))} || Name <- ?ASSETS].

asset(File) ->
    {ok, Content} = file:read_file(File),
    Content.

%%% Files

%% Two passes, as for `check': the first finds the classes, so that files know each other. The library was compiled when it was built: only
%% when it is the thing to document is it looked through again.
units(Files, Dir, Category, Origin, More) ->
    Read = beamtalk_parallel:map(fun(File) -> read_file(File, Dir, Category, Origin) end, Files),
    Known = beamtalk_class_uses:graph([interface(Info) || Info <- More] ++ [interface(Info) || {ok, #{infos := Infos}} <- Read, Info <- Infos]),
    Faults =
        [Text || {error, Text} <- Read] ++
            [Text || Texts <- beamtalk_parallel:map(fun(File) -> faults(File, Known) end, [File || Origin =:= own, {ok, File} <- Read]), Text <- Texts],
    Units = [Unit#{info => Info} || {ok, #{infos := Infos, unit := Unit}} <- Read, Info <- Infos],
    case Faults ++ twice(Units) of
        [] -> {ok, Units};
        Texts -> {error, Texts}
    end.

%% What other files need to know of a class.
interface(#{methods := Methods} = Info) ->
    maps:without([doc, examples], Info#{methods := [maps:without([doc, source, start, 'end'], Method) || Method <- Methods]}).

read_file(File, Dir, Category, Origin) ->
    Path = shortest(File),
    case file:read_file(File) of
        {ok, Content} ->
            Source = unmarked(Content),
            Options = #{stdlib_mode => binary:match(text(filename:absname(File)), <<"stdlib/src/">>) =/= nomatch},
            Unit = #{source => Source, path => Path, shown => shown(File, Dir), category => category(File, Dir, Category), origin => Origin},
            case beamtalk_compiler:doc(Source, Options) of
                {ok, Infos} -> {ok, #{infos => Infos, unit => Unit, options => Options}};
                {error, #{diagnostics := Found}} -> {error, rendered(Found, Path, Source)}
            end;
        {error, Reason} ->
            {error, ["Cannot read '", Path, "': ", file:format_error(Reason)]}
    end.

%% Positions count from behind a byte order mark.
unmarked(<<16#EF, 16#BB, 16#BF, Source/binary>>) -> Source;
unmarked(Source) -> Source.

faults(#{infos := Infos, options := Options, unit := #{source := Source, path := Path}}, Known) ->
    Mode =
        case Infos of
            [] -> expression;
            _ -> file
        end,
    Asked = Options#{mode => Mode, known_classes => beamtalk_class_uses:told(Source, Known), known_vars => [<<"args">>]},
    {ok, Found} = beamtalk_compiler:diagnostics(Source, Asked),
    case [D || #{severity := <<"error">>} = D <- Found] of
        [] -> [];
        Errors -> [rendered(Errors, Path, Source)]
    end.

rendered(Found, Path, Source) ->
    string:trim([beamtalk_excerpt:render(D, Path, Source) || D <- Found], trailing, "\n").

twice(Units) ->
    Names = [Name || #{info := #{name := Name}} <- Units],
    [
        ["Class ", Name, " is defined more than once: ", lists:join(", ", [Path || #{info := #{name := N}, path := Path} <- Units, N =:= Name])]
     || Name <- lists:usort(Names -- lists:usort(Names))
    ].

%% Below the directory above the sources: `src/shop/Cart.bt', `stdlib/src/text/String.bt'.
shown(File, Dir) ->
    case same(Dir, library_dir()) of
        true -> text(filename:join(["stdlib", "src", relative(File, Dir)]));
        false -> text(filename:join([Base || Base <- [filename:basename(Dir)], Base =:= "src"] ++ [relative(File, Dir)]))
    end.

category(File, Dir, Category) ->
    case filename:dirname(relative(File, Dir)) of
        "." -> Category;
        Folder -> text(Folder)
    end.

relative(File, Dir) ->
    filename:join(lists:nthtail(length(filename:split(Dir)), filename:split(File))).

%% @doc As people who called the command can open it.
-spec shortest(file:filename()) -> binary().
shortest(File) ->
    {ok, Here} = file:get_cwd(),
    case string:prefix(filename:absname(File), Here ++ "/") of
        nomatch -> text(File);
        Rest -> text(Rest)
    end.

text(Chars) ->
    unicode:characters_to_binary(Chars).
