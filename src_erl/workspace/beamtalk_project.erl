%%% @doc What a path to be built means: a package with its manifest, a directory or a single file; its sources, their modules, and where the
%%% code goes.
-module(beamtalk_project).

-export([resolve/1, resolve/2, dependency/3, write_app/2, root/1]).
%% Of a package: where its sources are, and what their modules are called
-export([source_dir/1, module_of/2]).

-export_type([project/0, profile/0]).

%% Code for tests is other code, see `beamtalk_test_code', and goes to a place of its own.
-type profile() :: dev | test.

-type project() :: #{
    %% Not for plain directories and files.
    package => beamtalk_manifest:manifest(),
    %% What the path was, or what the package is called.
    title := unicode:chardata(),
    units := [beamtalk_project_build:unit()],
    output := file:filename(),
    %% There may be code of other sources in the output.
    shared => true
}.

-spec resolve(file:filename()) -> {ok, project()} | {error, unicode:chardata()}.
resolve(Path) ->
    resolve(Path, dev).

-spec resolve(file:filename(), profile()) -> {ok, project()} | {error, unicode:chardata()}.
resolve(Path, Profile) ->
    case {beamtalk_manifest:read(Path), filelib:is_dir(Path), filelib:is_regular(Path)} of
        {{ok, Manifest}, _, _} -> package(Path, ".", Path, Manifest, filename:join([Path, "_build", atom_to_list(Profile), "ebin"]));
        {{error, Text}, _, _} when Text =/= none -> {error, Text};
        {_, true, _} -> loose(Path, Path, sources(Path));
        {_, _, true} -> file(Path);
        _ -> {error, ["Path '", Path, "' does not exist"]}
    end.

%% @doc The directory of the project that a directory is part of: the nearest at or above it that looks like one, or else itself.
-spec root(file:filename()) -> file:filename().
root(Dir) ->
    Start = beamtalk_stdlib:without_dots(filename:absname(Dir)),
    root(Start, Start).

root(Dir, Start) ->
    Looks = filelib:is_regular(filename:join(Dir, "beamtalk.toml")) orelse filelib:is_dir(filename:join(Dir, ".beamtalk")) orelse
        filelib:is_dir(filename:join(Dir, ".git")),
    case {Looks, filename:dirname(Dir)} of
        {true, _} -> Dir;
        {false, Dir} -> Start;
        {false, Above} -> root(Above, Start)
    end.

%% @doc A package that the one in `Root' needs.
-spec dependency(beamtalk_dependencies:package(), file:filename(), profile()) -> {ok, project()} | {error, unicode:chardata()}.
dependency(#{name := Name, dir := Dir, path := Path, manifest := Manifest}, Root, Profile) ->
    Folder =
        case Profile of
            dev -> "ebin";
            test -> "ebin_test"
        end,
    package(Dir, Path, Name, Manifest, filename:join(beamtalk_dependencies:build_dir(Root, Name), Folder)).

file(Path) ->
    case filename:extension(Path) of
        ".bt" -> alone(loose(Path, filename:dirname(Path), [Path]));
        _ -> {error, ["File '", Path, "' is not a .bt source file"]}
    end.

%% The files beside it have their code in the same place.
alone({ok, Project}) -> {ok, Project#{shared => true}};
alone({error, _} = Error) -> Error.

%% `Path' leads from the package that is built to this one.
package(Dir, Path, Title, #{name := Name} = Manifest, Output) ->
    Below = source_dir(Dir),
    Modules = fun(Relative) -> {ok, module_of(Name, Relative)} end,
    case with_units(Dir, sources(Below), Dir, Below, Modules, #{package => Manifest, title => Title, output => Output}) of
        {ok, #{units := Units} = Project} -> {ok, Project#{units := [from(Path, Unit) || Unit <- Units]}};
        {error, _} = Error -> Error
    end.

from(".", Unit) -> Unit;
from(Path, #{path := Below} = Unit) -> Unit#{path := unicode:characters_to_binary(filename:join(Path, Below))}.

%% @doc Sources stand in `src', or beside the manifest.
-spec source_dir(file:filename()) -> file:filename().
source_dir(Dir) ->
    case filelib:is_dir(filename:join(Dir, "src")) of
        true -> filename:join(Dir, "src");
        false -> Dir
    end.

%% @doc `bt@PACKAGE@PATH' of a file below the source directory.
-spec module_of(binary(), file:filename_all()) -> binary().
module_of(Package, File) ->
    Parts = filename:split(filename:rootname(File)),
    iolist_to_binary(["bt@", Package, [["@", beamtalk_selector:snake(unicode:characters_to_binary(P))] || P <- Parts]]).

loose(Path, Dir, Files) ->
    Module = fun(Relative) -> beamtalk_source_loader:module_of_file(Relative) end,
    with_units(Path, Files, Dir, Dir, Module, #{title => Path, output => beamtalk_project_path:shown(filename:join(Dir, "build"))}).

sources(Dir) ->
    beamtalk_source_loader:sources_below(Dir).

with_units(Path, [], _, _, _, _) ->
    {error, ["No .bt source files found in '", Path, "'"]};
with_units(_, Files, Root, Below, ModuleOf, Project) ->
    Units = [unit(File, Root, Below, ModuleOf) || File <- Files],
    case [Text || {error, Text} <- Units] of
        [Text | _] -> {error, Text};
        [] -> distinct([Unit || {ok, Unit} <- Units], Project)
    end.

%% Two files with one module would overwrite each other.
distinct(Units, Project) ->
    case beamtalk_load_order:duplicates([{Module, <<"none">>, File} || #{module := Module, file := File} <- Units]) of
        [] -> {ok, Project#{units => Units}};
        [{Module, [One, Other | _]} | _] -> {error, ["Files '", One, "' and '", Other, "' would both make the module '", Module, "'"]}
    end.

unit(File, Root, Below, ModuleOf) ->
    Relative = below(File, Below),
    Parts = filename:split(filename:rootname(Relative)),
    {Folders, [Stem]} = lists:split(length(Parts) - 1, Parts),
    case {[Part || Part <- Folders, not fits(Part)], fits(Stem)} of
        {[Bad | _], _} ->
            {error, ["Invalid directory name '", Bad, "' in source path '", File, "': must contain only alphanumeric characters and underscores"]};
        {[], false} ->
            {error, ["Invalid module name '", Stem, "': must contain only alphanumeric characters and underscores"]};
        {[], true} ->
            {ok, Module} = ModuleOf(Relative),
            {ok, #{module => Module, file => beamtalk_project_path:shown(File), path => unicode:characters_to_binary(below(File, Root))}}
    end.

fits(Part) ->
    re:run(Part, "^[A-Za-z0-9_]+$", [{capture, none}]) =:= match.

below(File, Dir) ->
    case lists:prefix(filename:split(Dir), filename:split(File)) of
        true -> filename:join(lists:nthtail(length(filename:split(Dir)), filename:split(File)));
        %% A path such as `./a.bt' below `.'.
        false -> File
    end.

%% @doc Writes the application file of a package, if it says something new.
-spec write_app(project(), [beamtalk_project_build:class()]) -> ok | {error, unicode:chardata()}.
write_app(#{package := #{name := Name, version := Version, dependencies := Needs} = Manifest, units := Units, output := Out}, Classes) ->
    App = {application, binary_to_atom(Name), [
        {description, unicode:characters_to_list(maps:get(description, Manifest, <<"A beamtalk package">>))},
        {vsn, unicode:characters_to_list(Version)},
        {modules, lists:sort([binary_to_atom(Module) || #{module := Module} <- Units])},
        {registered, []},
        {applications, [kernel, stdlib, beamtalk] ++ [binary_to_atom(Need) || #{name := Need} <- Needs]},
        {env, [{classes, [{binary_to_atom(M), binary_to_atom(C), binary_to_atom(S)} || {M, C, S} <- Classes]}]}
    ]},
    File = filename:join(Out, binary_to_list(Name) ++ ".app"),
    Content = unicode:characters_to_binary(io_lib:format("%% coding: utf-8~n~tp.~n", [App])),
    case file:read_file(File) of
        {ok, Content} ->
            ok;
        _ ->
            case beamtalk_parallel:write_file(File, Content) of
                ok -> ok;
                {error, Reason} -> {error, ["Cannot write '", File, "': ", file:format_error(Reason)]}
            end
    end;
write_app(_, _) ->
    ok.
